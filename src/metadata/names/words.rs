//! Words of bylines in the languages that news is written in.

/// Words before a name, longest first where one begins another. In lower case.
#[rustfmt::skip]
pub(super) const BY_WORDS: &[&str] = &[
    "by", "written by", "posted by", "published by", "reported by", "authored by", "contributed by", "story by",
    "words by", "von", "text von", "verfasst von", "geschrieben von", "par", "écrit par", "publié par", "por",
    "escrito por", "publicado por", "texto de", "di", "a cura di", "scritto da", "door", "geschreven door", "av",
    "skriven av", "skrevet av", "af", "skrevet af", "napisał", "napisała", "autor", "autorka", "autorzy", "autoři",
    "autora", "author", "authors", "author(s)", "autor(en)", "autor(es)", "auteur", "auteur(s)", "autore", "autores",
    "tekst", "text", "texte", "texto", "testo", "od", "автор", "авторы", "автори", "aвтор", "yazan", "kirjoittanut",
    "szerző", "írta", "oleh", "de la", "tác giả",
    "του", "της", "teksti", "γράφει η", "γράφει ο", "γράφουν οι", "γράφει", "γράφουν", "โดย", "기자명", "作者", "מאת",
    "بقلم", "द्वारा",
];

/// Words before a name that can be nothing but a byline's, wherever they stand. In lower case.
#[rustfmt::skip]
pub(super) const WRITTEN_WORDS: &[&str] = &[
    "written by", "words by", "article by", "this article was written by", "this post was written by", "geschrieben von",
    "verfasst von", "écrit par", "escrito por", "scritto da", "geschreven door", "skriven av", "skrevet av", "skrevet af",
];

/// Words before a colon and the writer's name, where pictures have a label of their own. In lower case.
#[rustfmt::skip]
pub(super) const WRITER_LABELS: &[&str] = &[
    "words", "reporting", "story", "report", "writer", "reporter", "contributor", "contributors", "글", "文", "記者",
    "记者", "取材・文", "执笔", "執筆", "текст", "автор тексту", "автор текста", "szöveg", "metin", "haber", "เรื่อง",
];

/// Labels of a field that holds an author.
#[rustfmt::skip]
pub(super) const LABELS: &[&str] = &[
    "written by", "geschrieben von", "verfasst von", "escrito por", "écrit par", "scritto da", "geschreven door",
    "napisane przez", "написано автором", "автор", "yazan", "skriven av", "skrevet av", "skrevet af", "執筆者", "작성자",
    "kirjoittanut", "napsal", "szerző", "scris de", "γράφτηκε από", "escrit per", "ditulis oleh", "được viết bởi",
    "كُتب بواسطة", "נכתב על ידי", "napsal(a)", "author", "作者", "autor", "verfasser",
];

/// Words that speak of the work, before a by-word or a colon. In lower case.
#[rustfmt::skip]
pub(super) const LEADS: &[&str] = &[
    "ein kommentar", "eine kolumne", "eine analyse", "ein gastbeitrag", "ein interview", "eine reportage",
    "ein essay", "eine glosse", "ein beitrag", "kommentar", "kolumne", "analyse", "gastbeitrag", "interview",
    "reportage", "essay", "glosse", "beitrag", "rezension", "porträt", "aus", "opinion", "analysis", "review",
    "story", "words", "written", "article", "articles", "posts", "all posts", "view all posts", "see all posts",
    "view all articles", "all articles", "more", "posted", "published", "reported", "updated", "report", "column", "comment",
    "guest post", "contributed", "propos recueillis", "chronique", "tribune", "récit", "reportage", "publié", "écrit",
    "crónica", "análisis", "entrevista", "opinión", "editorial", "intervista", "commento", "di", "kronik", "ledare",
    "krönika", "debatt", "text", "texte", "texto", "tekst", "testo", "bericht",
];

/// Words that join names, and whether each can be nothing else between capitals.
#[rustfmt::skip]
pub(super) const CONJUNCTIONS: &[(&str, bool)] = &[
    ("and", true), ("und", true), ("et", true), ("och", true), ("og", true), ("ja", true), ("és", true), ("és", true),
    ("și", true), ("şi", true), ("si", false), ("en", false), ("y", false), ("e", false), ("ed", false), ("i", false),
    ("a", false), ("и", true), ("та", true), ("і", true), ("й", true), ("și", true), ("ve", false), ("dan", false),
    ("και", true), ("va", false), ("và", true), ("eta", false), ("ir", false), ("un", false), ("with", true),
];

/// Wire services and broadcasters' services by the names they sign with. In lower case.
#[rustfmt::skip]
pub(super) const AGENCIES: &[&str] = &[
    "dpa", "afp", "ap", "reuters", "efe", "ansa", "apa", "sda", "keystone-sda", "dts", "sid", "kna", "epd", "tass",
    "тасс", "ria novosti", "риа новости", "interfax", "интерфакс", "укрінформ", "ukrinform", "unian", "xinhua",
    "kyodo", "yonhap", "yna", "pti", "ani", "ians", "uni", "upi", "belga", "anp", "ntb", "tt", "ritzau", "stt", "pap",
    "čtk", "ctk", "tasr", "mti", "bta", "hina", "tanjug", "aa", "dha", "iha", "anka", "lusa", "europa press",
    "adnkronos", "agi", "associated press", "the associated press", "press association", "pa", "pa media",
    "agence france-presse", "deutsche presse-agentur", "bloomberg", "bloomberg news", "tnn", "bernama", "antara",
    "cna",
];

/// Words that make a name an organization's; a star stands for any beginning of the word. In lower case.
#[rustfmt::skip]
pub(super) const ORGANIZATION_WORDS: &[&str] = &[
    "*redaktion", "*redaksjonen", "*redaktionen", "redaktionsnetzwerk", "newsroom", "newsdesk", "desk", "staff",
    "team", "editors", "editorial", "news", "press", "agency", "agentur", "agencies", "agencias", "agence", "agenzia",
    "redazione", "rédaction", "redaction", "redacción", "redaccion", "redação", "redactie", "redakcja", "redakce",
    "redakcia", "redakcija", "редакция", "редакція", "редакцията", "szerkesztőség", "toimitus", "magazine", "magazin",
    "times", "media", "network", "tv", "radio", "board", "bureau", "service", "foundation", "institute", "university",
    "ltd", "inc", "gmbh", "llc", "corporation", "company", "*新聞", "*新聞オンライン", "*新聞デジタル", "*新聞社", "*通信", "*日报", "*新闻",
    "*編集部", "*编辑部", "*일보", "*신문", "*뉴스", "*편집국", "correspondents", "reporters", "contributors", "online", "newswire",
];

/// What one does at a paper. In lower case.
#[rustfmt::skip]
pub(super) const ROLES: &[&str] = &[
    "reporter", "writer", "editor", "editor-in-chief", "correspondent", "journalist", "contributor", "columnist",
    "producer", "photographer", "blogger", "author", "freelancer", "intern", "anchor", "presenter", "analyst",
    "critic", "strategist", "redakteur", "redakteurin", "chefredakteur", "chefredakteurin", "journalistin",
    "korrespondent", "korrespondentin", "reporterin", "autor", "autorin", "volontär", "volontärin", "ressortleiter",
    "ressortleiterin", "gastautor", "gastautorin", "kolumnist", "kolumnistin", "journaliste", "rédacteur",
    "rédactrice", "correspondant", "correspondante", "chroniqueur", "redactor", "redactora", "periodista",
    "corresponsal", "jornalista", "repórter", "giornalista", "corrispondente", "redattore", "redacteur",
    "verslaggever", "correspondente", "journalistlærling", "redaktør", "redaktör", "skribent", "toimittaja",
    "dziennikarz", "dziennikarka", "redaktor", "redaktorka", "novinář", "novinářka", "újságíró", "ziarist",
    "журналист", "журналіст", "журналистка", "журналістка", "корреспондент", "кореспондент", "обозреватель",
    "редактор", "muhabir", "muhabiri", "editör", "yazar", "wartawan", "ενημερωτικός", "δημοσιογράφος", "συντάκτης",
    "staffwriter", "coordinator", "consultant", "attorney", "engineer", "designer", "researcher", "director", "manager", "ceo", "founder", "co-founder", "specialist", "expert", "chief", "deputy",
    "fellow", "head",
];

/// The same where names and roles stand without capitals, and what says "and others".
#[rustfmt::skip]
pub(super) const UNSPACED_ROLES: &[&str] = &[
    " 기자", " 특파원", " 논설위원", " 선임기자", " 인턴기자", " 외 ", "記者", "编辑", "編集委員", "论说委员", "論説委員", "记者", "特派員", "通讯员", "撰文",
];

/// Letters behind a name that are no name. In lower case, without dots.
#[rustfmt::skip]
pub(super) const DEGREES: &[&str] = &[
    "phd", "ph.d", "md", "m.d", "rn", "rd", "rdn", "ld", "ba", "bsc", "ma", "msc", "ms", "mba", "mph", "dvm", "vmd",
    "dacvb", "lvt", "vts", "cpa", "cfp", "cfa", "jd", "esq", "llm", "do", "dds", "dmd", "pharmd", "psyd", "lcsw",
    "np", "pa-c", "cscs", "cpt",
];

/// What belongs to the name before it. In lower case, without dots.
#[rustfmt::skip]
pub(super) const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "jun"];

/// Words that announce who took a picture: no author of the text. In lower case.
#[rustfmt::skip]
pub(super) const PICTURE_WORDS: &[&str] = &[
    "foto", "fotos", "photo", "photos", "image", "images", "bild", "bilder", "picture", "illustration", "fotografía",
    "фото", "zdjęcia", "video", "pictures", "photography", "kuvat", "kuva", "bilde", "imagen", "imágenes",
];

/// Words that announce who had a hand in the text but did not write it. In lower case.
#[rustfmt::skip]
pub(super) const OTHER_HANDS: &[&str] = &[
    "reviewed by", "medically reviewed by", "fact checked by", "fact-checked by", "edited by", "photos by",
    "photography by", "illustrated by", "illustrations by", "translated by", "übersetzt von", "traduit par",
    "powered by", "sponsored by", "published in", "filed under", "about the author", "über die autorin",
    "über den autor", "about", "reviewed and approved by", "expert reviewed by", "checked by", "facts checked by",
    "verified by", "proofread by", "tested by", "copy edited by", "geprüft von", "redigiert von",
    "relu par", "révisé par", "vérifié par", "revisado por", "editado por", "verificado por", "traducido por",
    "revisto por", "traduzido por", "revisionato da", "tradotto da", "bewerkt door", "vertaald door", "granskad av",
    "översatt av", "oversatt av", "oversat af", "przetłumaczył", "sprawdził", "отредактировал", "перевел",
];

/// Last words of what names a paper's rules rather than a person. In lower case.
#[rustfmt::skip]
pub(super) const RULES: &[&str] = &[
    " process", " guidelines", " policy", " policies", " standards", " disclosure", " disclaimer",
];

/// Words of a time of day. In lower case.
#[rustfmt::skip]
pub(super) const CLOCK_WORDS: &[&str] = &[
    "uhr", "am", "pm", "a.m", "p.m", "gmt", "utc", "et", "est", "edt", "pt", "pst", "pdt", "cet", "cest", "bst", "ist",
    "h", "at", "um", "à", "alle", "ore", "kl", "klo", "kell", "о", "в",
];

/// Words that lead up to a date behind a name. In lower case.
#[rustfmt::skip]
pub(super) const WHEN_WORDS: &[&str] = &[
    "published", "posted", "updated", "on", "at", "publié", "le", "publicado", "el", "em", "pubblicato", "il",
    "veröffentlicht", "am", "vom", "aktualisiert", "stand", "gepubliceerd", "op", "publicerad", "den", "publisert",
    "udgivet", "opublikowano", "dnia", "last", "modified", "mis", "à", "jour", "date", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "gmt", "utc", "опубликовано",
    "опубліковано", "yayınlanma", "tarihi",
];

/// Words in lower case inside names.
#[rustfmt::skip]
pub(super) const PARTICLES: &[&str] = &[
    "von", "van", "vom", "zu", "zur", "zum", "der", "den", "de", "del", "della", "dello", "di", "da", "das", "do",
    "dos", "du", "des", "la", "le", "el", "al", "bin", "ibn", "ben", "bint", "ter", "ten", "te", "af", "av", "y", "e",
    "i", "und", "and", "et", "van't", "dalla", "dal", "san", "ap", "st", "zum", "abu",
];
