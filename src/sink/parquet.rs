//! Articles as a table in a Parquet file, for Spark, DuckDB, pandas and their like.
//!
//! One row for each version, one column for each fact that people filter or group by, and the whole record as JSON.
//! Rows are held until there are enough for a row group, which bounds memory. A file has no end before
//! [`Table::finish`]: whoever writes one writes it beside its place, and moves it there.
//!
//! Source: Apache Parquet format 2; text columns are `STRING`, and may be null but for those that every article has.

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use std::io::Write;
use std::sync::Arc;

/// Rows and bytes of text of a row group at most, whichever comes first: readers take one at a time into memory.
const GROUP_ROWS_MAX: usize = 10_000;
const GROUP_BYTES_MAX: usize = 64 << 20;

const SCHEMA: &str = "message article {
    required int64 seq;
    required int64 version;
    required binary source (STRING);
    required binary url (STRING);
    optional binary canonical_url (STRING);
    optional binary headline (STRING);
    optional binary author (STRING);
    optional binary date_published (STRING);
    optional binary date_modified (STRING);
    optional binary language (STRING);
    optional binary publisher (STRING);
    optional binary description (STRING);
    required binary text (STRING);
    required int64 word_count;
    required binary content_hash (STRING);
    optional binary duplicate_of (STRING);
    required binary json (STRING);
}";

/// One cell, by the kind of its column.
enum Cell {
    Number(i64),
    Text(String),
    Maybe(Option<String>),
}

/// A table that is being written.
pub struct Table<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<Vec<Cell>>,
    n_bytes: usize,
}

impl<W: Write + Send> Table<W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn new(out: W) -> Result<Self, ParquetError> {
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        Ok(Self { writer, rows: Vec::new(), n_bytes: 0 })
    }

    /// Adds an article: its record as a line of JSON, with the field `crawl`.
    ///
    /// # Errors
    ///
    /// If the rows so far cannot be written.
    pub fn add(&mut self, line: String) -> Result<(), ParquetError> {
        let record: Value = serde_json::from_str(&line).unwrap_or_default();
        let maybe = |value: &Value| Cell::Maybe(value.as_str().map(str::to_owned));
        let text = |value: &Value| Cell::Text(value.as_str().unwrap_or_default().to_owned());
        let number = |value: &Value| Cell::Number(value.as_i64().unwrap_or(0));
        let names = record["author"].as_array().into_iter().flatten().filter_map(|author| author["name"].as_str());
        let authors: Vec<&str> = names.collect();
        let author = (!authors.is_empty()).then(|| authors.join("; "));
        self.n_bytes += 2 * line.len();
        self.rows.push(vec![
            number(&record["crawl"]["seq"]),
            number(&record["crawl"]["version"]),
            text(&record["crawl"]["source"]),
            text(&record["url"]),
            maybe(&record["canonicalUrl"]),
            maybe(&record["headline"]),
            Cell::Maybe(author),
            maybe(&record["datePublished"]),
            maybe(&record["dateModified"]),
            maybe(&record["inLanguage"]),
            maybe(&record["publisher"]["name"]),
            maybe(&record["description"]),
            text(&record["text"]),
            number(&record["wordCount"]),
            text(&record["contentHash"]),
            maybe(&record["crawl"]["duplicateOf"]),
            Cell::Text(line),
        ]);
        if self.rows.len() >= GROUP_ROWS_MAX || self.n_bytes >= GROUP_BYTES_MAX {
            self.end_group()?;
        }
        Ok(())
    }

    /// Writes the rest, and what makes it a file.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<(), ParquetError> {
        self.end_group()?;
        self.writer.close().map(drop)
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        self.n_bytes = 0;
        let n_columns = rows[0].len();
        let mut columns: Vec<Vec<Cell>> = (0..n_columns).map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
        }
        let mut group = self.writer.next_row_group()?;
        columns.into_iter().try_for_each(|column| write_column(&mut group, column))?;
        group.close().map(drop)
    }
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: Vec<Cell>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let is_optional = matches!(cells.first(), Some(Cell::Maybe(_)));
    let (mut numbers, mut texts, mut levels) = (Vec::new(), Vec::new(), Vec::new());
    for cell in cells {
        match cell {
            Cell::Number(number) => numbers.push(number),
            Cell::Text(text) => texts.push(ByteArray::from(text.into_bytes())),
            Cell::Maybe(text) => {
                levels.push(i16::from(text.is_some()));
                texts.extend(text.map(|text| ByteArray::from(text.into_bytes())));
            }
        }
    }
    if numbers.is_empty() {
        let levels = is_optional.then_some(levels.as_slice());
        column.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
    } else {
        column.typed::<Int64Type>().write_batch(&numbers, None, None)?;
    }
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    #[test]
    fn a_table_can_be_read_back() {
        let mut bytes = Vec::new();
        let mut table = Table::new(&mut bytes).expect("memory");
        for seq in 1..=3 {
            let line = serde_json::json!({
                "url": "https://news.example/a", "headline": if seq == 2 { None } else { Some("Ferry stays") },
                "author": [{"name": "Ann"}, {"name": "Bo"}], "text": "Text.", "wordCount": 1,
                "crawl": {"seq": seq, "version": 1, "source": "herald"},
            });
            table.add(line.to_string()).expect("memory");
        }
        table.finish().expect("memory");
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("a file");
        let rows: Vec<_> = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[2].get_long(0).expect("a number"), 3);
        assert_eq!(rows[0].get_string(6).expect("text"), "Ann; Bo");
        assert!(rows[1].get_string(5).is_err(), "there is no headline");
    }
}
