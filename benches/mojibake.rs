//! Throughput of mojibake repair in memory: sound ASCII, sound western text, sound text of many languages, and damaged
//! text. `cargo bench --bench mojibake`.

use std::hint::black_box;

use copydesk::mojibake::{Hints, Options, repair};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Sentences of a news desk's day, by language; written for this bench.
const WESTERN: [&str; 8] = [
    "Der Bürgermeister erklärte am Dienstag, die Brücke über den Fluß werde frühestens im März wieder geöffnet.",
    "Le ministère a annoncé que « les travaux » dureraient jusqu’à l’été, malgré les réserves des élus.",
    "La alcaldesa aseguró que la línea de tranvía llegará al barrio antes de otoño, según el último calendario.",
    "Il sindaco ha detto che la città pagherà metà della somma; il resto verrà dalla regione.",
    "A câmara aprovou a proposta por unanimidade, mas a oposição não compareceu à votação.",
    "Regjeringen foreslår å bygge en ny vei gjennom dalen, sa statsråden på en pressekonferanse.",
    "Kommunen vill renovera simhallen och bygga två nya förskolor i området, enligt förslaget.",
    "Borgmesteren afviser, at havnen skal lukkes for større skibe næste år.",
];
const OTHERS: [&str; 14] = [
    "Мэр сообщил, что мост через реку откроют для движения не раньше марта следующего года.",
    "Міський голова повідомив, що нову лікарню відкриють восени наступного року.",
    "Ο δήμαρχος δήλωσε ότι η γέφυρα θα ανοίξει ξανά την άνοιξη, όταν τελειώσουν τα έργα.",
    "Starosta uvedl, že most přes řeku se otevře nejdříve na jaře příštího roku.",
    "Burmistrz powiedział, że szkoła zostanie otwarta dopiero jesienią przyszłego roku.",
    "Belediye başkanı, köprünün önümüzdeki yıl ilkbaharda yeniden açılacağını söyledi.",
    "Thị trưởng cho biết cây cầu sẽ được mở lại sớm nhất vào mùa xuân năm sau.",
    "市長は火曜日、川にかかる橋の通行再開は早くても来年の春になると述べた。",
    "市长周二表示，跨河大桥最早将于明年春天重新开放。",
    "시장은 강을 가로지르는 다리가 빨라야 내년 봄에 다시 열릴 것이라고 말했다.",
    "قال رئيس البلدية إن الجسر سيفتح من جديد في الربيع المقبل على أقرب تقدير.",
    "ראש העירייה אמר כי הגשר ייפתח מחדש לכל המוקדם באביב הבא.",
    "महापौर ने कहा कि पुल अगले साल वसंत से पहले नहीं खुलेगा।",
    "นายกเทศมนตรีกล่าวว่าสะพานจะเปิดอีกครั้งเร็วที่สุดในฤดูใบไม้ผลิปีหน้า",
];
const ASCII: [&str; 2] = [
    "The mayor said on Tuesday that the bridge across the river would not open again before March.",
    "The council voted for the plan without debate, and the opposition stayed away from the vote.",
];
const DAMAGED: [&str; 4] = [
    "Der BÃ¼rgermeister erklÃ¤rte, die BrÃ¼cke werde â€žfrÃ¼hestensâ€œ im MÃ¤rz geÃ¶ffnet.",
    "Le ministÃ¨re a annoncÃ© que les travaux dureraient jusquâ€™Ã  lâ€™Ã©tÃ©.",
    "РњСЌСЂ СЃРѕРѕР±С‰РёР», С‡С‚Рѕ РјРѕСЃС‚ РѕС‚РєСЂРѕСЋС‚ РІ РјР°СЂС‚Рµ.",
    "Starosta uvedl, Å¾e most pÅ™es Å™eku se otevÅ™e na jaÅ™e.",
];

/// A document of at least 64 KB, its lines taken in turn.
fn document(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines.iter().cycle() {
        text.push_str(line);
        text.push('\n');
        if text.len() > 64 << 10 {
            return text;
        }
    }
    text
}

fn throughput(c: &mut Criterion) {
    let all: Vec<&str> = WESTERN.iter().chain(&OTHERS).chain(&ASCII).copied().collect();
    let texts = [
        ("clean ASCII", document(&ASCII)),
        ("clean western", document(&WESTERN)),
        ("clean, many languages", document(&all)),
        ("damaged", document(&DAMAGED)),
    ];
    let mut group = c.benchmark_group("repair");
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| black_box(repair(black_box(text), &Hints::default(), &Options::default())));
        });
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
