//! Names of months in the languages that news is written in.
//!
//! Source: Unicode CLDR's calendars (wide and abbreviated names, both grammatical cases), by language.

use std::sync::LazyLock;

/// Stems by month: a word is the month whose stem begins it, if it is not much longer. A stem with `=` must be the word.
#[rustfmt::skip]
const STEMS: [&[&str]; 12] = [
    &[
        "jan", "januar", "january", "janvier", "janv", "jän", "jänner", "janúar", "gen=", "gennaio", "gener", "ene=",
        "enero", "tammiku", "styc", "leden", "ledna", "siječ", "sijec", "јануар", "янв", "январ", "січ", "студз",
        "ocak", "oca=", "ιαν", "ιανουάριο", "ιανουαρίο", "يناير", "كانون الثاني", "ژانویه", "जनवरी", "जन=",
        "জানুয়ারি", "ม.ค", "มกราคม", "ianuarie", "ian=", "sausio", "sausis", "jaanuar", "urtarril", "xaneiro",
        "janeiro", "ionawr", "ינואר", "enero", "janar", "იანვ", "հունվար", "қаңтар", "yanvar", "januari", "januárius",
        "január", "janvār",
    ],
    &[
        "feb", "febr", "februar", "février", "févr", "fév", "fevereiro", "fev=", "febbraio", "helmiku", "luty",
        "lutego", "lut=", "únor", "února", "veljač", "фев", "феврал", "лют", "лютаг", "şubat", "şub", "φεβ", "فبراير",
        "شباط", "فوریه", "फरवरी", "फ़रवरी", "ফেব্রুয়ারি", "กุมภาพันธ์", "vasari", "veebruar", "otsail", "febrer",
        "febreiro", "chwefror", "פברואר", "shkurt", "თებ", "փետրվար", "ақпан", "fevral", "februári", "febrúar", "feb",
        "februāri",
    ],
    &[
        "mar", "mart", "march", "mars", "mär", "märz", "mrz", "março", "marzo", "maaliskuu", "marzec", "marca",
        "březn", "březen", "ožuj", "ožujk", "март", "мар=", "мартa", "бер=", "берез", "сакав", "μαρ", "μάρτιο",
        "μαρτίο", "مارس", "آذار", "मार्च", "মার্চ", "มีนาคม", "martie", "kovo", "kovas", "märts", "martxo", "març",
        "mawrth", "מרץ", "მარ", "մարտ", "наурыз", "maart", "mrt", "március", "márc", "marec", "maret",
    ],
    &[
        "apr", "april", "avril", "avr=", "abril", "abr=", "aprile", "huhtiku", "kwiecień", "kwietnia", "kwi=",
        "duben", "dubna", "travnj", "апр", "апрел", "квіт", "красав", "nisan", "nis=", "απρ", "απρίλιο", "απριλίο",
        "أبريل", "ابريل", "نيسان", "آوریل", "अप्रैल", "এপ্রিল", "เมษายน", "aprilie", "balandž", "aprill", "apiril",
        "ebrill", "אפריל", "prill", "აპრ", "ապրիլ", "сәуір", "aprel", "április", "ápr", "apríl",
    ],
    &[
        "may=", "mai=", "maj=", "maja=", "mayo=", "mei=", "maio", "maggio", "mag=", "toukoku", "květen", "května",
        "svib", "svibnj", "май", "мая=", "мај", "трав", "траўн", "mayıs", "μαΐ", "μαϊ", "μάιο", "μαΐο", "μαι=",
        "مايو", "أيار", "مه=", "मई", "মে=", "พฤษภาคม", "geguž", "maiatz", "maig", "mai", "מאי", "მაი", "մայիս",
        "мамыр", "május", "máj", "maí=", "maijs", "maija=", "toukokuu", "mei",
    ],
    &[
        "jun", "june=", "juin=", "juni=", "junho", "giugno", "giu=", "junio", "kesäku", "czerw", "červen=", "června=",
        "čvn=", "lipanj", "lipnja", "јун", "июн", "черв", "чэрв", "haziran", "haz=", "ιουν", "ιούνιο", "ιουνίο",
        "يونيو", "حزيران", "ژوئن", "जून", "জুন", "มิถุนายน", "iunie", "iun=", "biržel", "juuni", "ekain", "juny",
        "xuño", "mehefin", "יוני", "qershor", "ივნ", "հունիս", "маусым", "iyun", "június", "jún", "jūnij",
    ],
    &[
        "jul", "july=", "juillet", "juil", "juli=", "julho", "luglio", "lug=", "julio", "heinäku", "lipiec", "lipca",
        "lip=", "červenec", "července", "srpanj", "srpnja", "јул", "июл", "лип", "ліпен", "temmuz", "tem=", "ιουλ",
        "ιούλιο", "ιουλίο", "يوليو", "تموز", "ژوئیه", "जुलाई", "জুলাই", "กรกฎาคม", "iulie", "iul=", "liepo", "liepa",
        "juuli", "uztail", "juliol", "xullo", "gorffennaf", "יולי", "korrik", "ივლ", "հուլիս", "шілде", "iyul",
        "július", "júl", "jūlij",
    ],
    &[
        "aug", "august", "août", "aout", "agosto", "ago=", "eloku", "sierp", "srpen", "srpna", "kolovoz", "авг",
        "август", "серп", "жнів", "ağustos", "ağu", "αυγ", "αύγουστο", "αυγούστο", "أغسطس", "اغسطس", "آب=", "اوت",
        "अगस्त", "আগস্ট", "สิงหาคม", "rugpjū", "abuztu", "agost", "awst", "אוגוסט", "gusht", "აგვ", "օգոստոս",
        "тамыз", "avqust", "avgust", "augusztus", "ágúst", "augustus",
    ],
    &[
        "sep", "sept", "september", "septembre", "setembro", "set=", "settembre", "sett=", "septiembre", "setiembre",
        "syysku", "wrze", "wrzesień", "września", "zář", "rujan", "rujna", "сен", "сентябр", "сеп", "верес", "eylül",
        "eyl=", "σεπ", "σεπτέμβριο", "σεπτεμβρίο", "سبتمبر", "أيلول", "سپتامبر", "सितंबर", "सितम्बर", "সেপ্টেম্বর",
        "กันยายน", "septembrie", "rugsėj", "irail", "setembre", "medi=", "ספטמבר", "shtator", "სექ", "սեպտեմբեր",
        "қыркүйек", "sentyabr", "szeptember", "szept",
    ],
    &[
        "oct", "october", "octobre", "okt", "oktober", "outubro", "out=", "ottobre", "ott=", "octubre", "lokaku",
        "paździer", "paź", "říj", "окт", "октябр", "жовт", "кастр", "ekim", "eki=", "οκτ", "οκτώβριο", "οκτωβρίο",
        "أكتوبر", "اكتوبر", "تشرين الأول", "اکتبر", "अक्टूबर", "अक्तूबर", "অক্টোবর", "ตุลาคม", "octombrie", "spali",
        "urri=", "urriaren", "outubro", "hydref", "אוקטובר", "tetor", "ოქტ", "հոկտեմբեր", "қазан", "oktyabr",
        "október",
    ],
    &[
        "nov", "november", "novembre", "novembro", "noviembre", "marrasku", "listopad", "lis=", "studen=", "studenog",
        "ноя", "ноябр", "нов", "листоп", "лістап", "kasım", "kas=", "νοε", "νοέμβριο", "νοεμβρίο", "نوفمبر",
        "تشرين الثاني", "نوامبر", "नवंबर", "नवम्बर", "নভেম্বর", "พฤศจิกายน", "noiembrie", "noi=", "lapkrit", "azaro",
        "tachwedd", "נובמבר", "nëntor", "ნოე", "նոյեմբեր", "қараша", "noyabr", "nóvember",
    ],
    &[
        "dec", "december", "décembre", "déc", "dez", "dezember", "dezembro", "dicembre", "dic=", "diciembre",
        "jouluku", "grud", "prosin", "prosinc", "дек", "декабр", "дец", "груд", "снеж", "снежн", "aralık", "ara=",
        "δεκ", "δεκέμβριο", "δεκεμβρίο", "ديسمبر", "كانون الأول", "دسامبر", "दिसंबर", "दिसम्बर", "ডিসেম্বর",
        "ธันวาคม", "decembrie", "gruod", "detsember", "abendu", "desembre", "des=", "desember", "rhagfyr", "דצמבר",
        "dhjetor", "დეკ", "դեկտեմբեր", "желтоқсан", "dekabr", "dicbre", "decembris",
    ],
];

/// Stems and their months by the first letter, those of one letter in the order above.
static BY_FIRST: LazyLock<Vec<(&str, u8)>> = LazyLock::new(|| {
    let mut all: Vec<_> =
        (1..).zip(STEMS).flat_map(|(month, stems)| stems.iter().map(move |it| (*it, month))).collect();
    all.sort_by_key(|(stem, _)| stem.chars().next());
    all
});

/// A word may go on so many letters after a stem: case endings (`декабр` + `я`, `tammiku` + `uta`).
const ENDING_CHARS_MAX: usize = 3;

/// The month a word names.
pub(super) fn month(word: &str) -> Option<u8> {
    let n_chars = word.chars().count();
    if !(2..=16).contains(&n_chars) {
        return None;
    }
    let word = word.to_lowercase();
    let first = word.chars().next();
    let from = BY_FIRST.partition_point(|(stem, _)| stem.chars().next() < first);
    let mut best: Option<(usize, u8)> = None;
    for (stem, month) in BY_FIRST[from..].iter().take_while(|(stem, _)| stem.chars().next() == first) {
        let fits = match stem.strip_suffix('=') {
            Some(whole) => word == whole,
            None if word.starts_with(stem) => {
                let stem_chars = stem.chars().count();
                // A short stem begins many words (`mar` Marie, `dec` decide): it must be the word, or nearly.
                let ending = if stem_chars <= 3 { 1 } else { ENDING_CHARS_MAX };
                n_chars <= stem_chars + ending
            }
            None => false,
        };
        if fits && best.is_none_or(|(len, _)| stem.len() > len) {
            best = Some((stem.len(), *month));
        }
    }
    best.map(|(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::month;

    #[track_caller]
    fn check(word: &str, expected: Option<u8>) {
        assert_eq!(month(word), expected, "{word}");
    }

    #[test]
    fn full_names_abbreviations_and_cases_are_months() {
        for (word, expected) in [
            ("December", 12),
            ("Sept", 9),
            ("März", 3),
            ("août", 8),
            ("декабря", 12),
            ("листопада", 11),
            ("lipca", 7),
            ("června", 6),
            ("července", 7),
            ("toukokuuta", 5),
            ("Ιουλίου", 7),
            ("mai", 5),
            ("juin", 6),
            ("marca", 3),
            ("Ekim", 10),
            ("ינואר", 1),
        ] {
            check(word, Some(expected));
        }
    }

    #[test]
    fn other_words_are_not() {
        for word in ["Marie", "decide", "Mayor", "Juniper", "author", "setup", "magazine", "Augsburg", "a", "Marcos"] {
            check(word, None);
        }
    }
}
