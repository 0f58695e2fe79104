//! Trains the character model of mojibake repair:
//!
//!     cargo run --release --no-default-features --features train --example train_mojibake -- FOLDER src/mojibake/model.bin
//!
//! FOLDER holds UTF-8 text files, one for each language or source. See `src/mojibake/model.md` for what the checked-in
//! model was made from.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: train_mojibake FOLDER OUT".into());
    };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let texts: Vec<String> = paths.iter().map(std::fs::read_to_string).collect::<Result<_, _>>()?;
    std::fs::write(out, copydesk::mojibake::train::train(&texts))?;
    Ok(())
}
