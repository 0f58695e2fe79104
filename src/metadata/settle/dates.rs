//! When the story was published and last changed.
//!
//! By precedence, with these checks: not in the future, not before the web had news unless two sources say so, in
//! agreement with the day in the address if another source is. A numeric date that could be read two ways is read as the
//! page's other dates, its language and its region suggest.

use super::{Around, confidence, precedence};
use crate::metadata::dates::{self, Moment, Order};
use crate::metadata::{Body, Claim, Claims, Field, Settled, Source, dateline};

/// Days that a clock set wrong or a zone may put a date ahead.
const DAYS_AHEAD_MAX: i32 = 1;

/// Days between the day in an address and the day of publication: addresses are given to drafts.
const DAYS_OFF_ADDRESS_MAX: i32 = 3;

/// Earlier days are a default (1970-01-01) or a mistake, unless two sources say so: an archive.
const YEAR_MIN: u16 = 1992;

/// Lines of one source that are read, the nearest to the headline first.
const LINES_MAX: usize = 8;

/// How likely a date of the last change, or the only date of a page, is the day of publication.
const STAND_IN_CONFIDENCE: f32 = 0.6;

struct Dated<'a> {
    source: Source,
    weight: f32,
    moment: Moment,
    /// Could be read the other way round.
    unsure: bool,
    claim: Option<&'a Claim>,
}

pub(super) fn settle(claims: &Claims, body: &Body<'_>, around: &Around, settled: &mut Settled) {
    let today = body.today.and_then(dates::parse);
    let address = claims.url.as_ref().and_then(|it| dates::in_path(it.path()));
    let mut published = dated(claims, Field::DatePublished, around, today);
    if let Some(moment) = address {
        let weight = precedence(Field::DatePublished).iter().find(|it| it.0 == Source::Url).map_or(0.5, |it| it.1);
        published.push(Dated { source: Source::Url, weight, moment, unsure: false, claim: None });
    }
    resolve(&mut published, claims);

    let first_lines = body.text.split('\n').filter(|it| !it.trim().is_empty()).take(3);
    let year = published.first().map(|it| it.moment.year).or(today.map(|it| it.year));
    let filed = first_lines.map(|it| dateline::parse(it, year)).find(Option::is_some).flatten();
    if let Some(moment) = filed.as_ref().and_then(|it| dates::parse(it.date.as_deref()?)) {
        let weight = precedence(Field::DatePublished).iter().find(|it| it.0 == Source::Text).map_or(0.5, |it| it.1);
        published.push(Dated { source: Source::Text, weight, moment, unsure: false, claim: None });
    }
    settled.metadata.dateline = filed;

    let mut modified = dated(claims, Field::DateModified, around, today);
    resolve(&mut modified, claims);
    let Some(chosen) = choose(&published, address) else {
        if let Some(it) = stand_in(claims, &modified, today) {
            settled.metadata.date_published = Some(it.moment.to_string());
            settled.tell("datePublished", &[(it.field, it.source)], STAND_IN_CONFIDENCE);
        }
        return;
    };
    let agrees = |it: &&Dated<'_>| it.moment.same_day(chosen.moment);
    // Of those that name the day, the first that says the time.
    let exact = published.iter().filter(agrees).find(|it| it.moment.precision() > chosen.moment.precision());
    let value = exact.filter(|_| chosen.moment.precision() == 0).unwrap_or(chosen).moment;
    let agree: Vec<&Dated<'_>> = published.iter().filter(agrees).collect();
    let against =
        published.iter().filter(|it| !agrees(it) && is_strong(it.source)).map(|it| it.weight).fold(0.0, f32::max);
    settled.metadata.date_published = Some(value.to_string());
    let sources: Vec<(Field, Source)> = agree.iter().map(|it| (Field::DatePublished, it.source)).collect();
    settled.tell("datePublished", &sources, confidence(&by_source(&agree), against));

    let published = value;
    let later = |it: &&Dated<'_>| {
        if published.precision() > 0 && it.moment.precision() > 0 {
            it.moment.seconds() > published.seconds()
        } else {
            it.moment.days_from(published) > 0
        }
    };
    if let Some(chosen) = modified.iter().find(later) {
        let agree: Vec<&Dated<'_>> = modified.iter().filter(|it| it.moment.same_day(chosen.moment)).collect();
        settled.metadata.date_modified = Some(chosen.moment.to_string());
        let sources: Vec<(Field, Source)> = agree.iter().map(|it| (Field::DateModified, it.source)).collect();
        settled.tell("dateModified", &sources, confidence(&by_source(&agree), 0.0));
    }
}

/// Dates in the page itself: of this story or of another.
fn is_visible(source: Source) -> bool {
    matches!(source, Source::Time | Source::DateLine | Source::Text)
}

/// Sources that speak of the story for certain, where visible dates may be of other things.
fn is_strong(source: Source) -> bool {
    matches!(source, Source::JsonLd | Source::ArticleMeta | Source::Microdata | Source::Url)
}

/// One weight a source.
fn by_source(agree: &[&Dated<'_>]) -> Vec<f32> {
    let mut sources: Vec<Source> = Vec::new();
    let mut weights = Vec::new();
    for it in agree {
        if !sources.contains(&it.source) {
            sources.push(it.source);
            weights.push(it.weight);
        }
    }
    weights
}

/// The dates that claims give, by precedence, those in the page by their distance from the headline.
fn dated<'a>(claims: &'a Claims, field: Field, around: &Around, today: Option<Moment>) -> Vec<Dated<'a>> {
    let mut all = Vec::new();
    for (source, weight) in precedence(field) {
        let mut stated: Vec<&Claim> = claims.of(field).filter(|it| it.source == *source).collect();
        if is_visible(*source) {
            stated.retain(|it| around.holds(it));
            stated.sort_by_key(|it| (around.distance(it), it.node));
            stated.truncate(LINES_MAX);
        }
        for claim in stated {
            let Some(read) = dates::read(&claim.value, None) else { continue };
            let is_future = today.is_some_and(|it| read.moment.days_from(it) > DAYS_AHEAD_MAX);
            let fits = !is_future || read.order.is_some();
            if fits && read.moment.year != 1970 {
                let (unsure, moment) = (read.order.is_some(), read.moment);
                all.push(Dated { source: *source, weight: *weight, moment, unsure, claim: Some(claim) });
            }
        }
    }
    all
}

/// What stands in for a date of publication that no source gives.
struct StandIn {
    field: Field,
    source: Source,
    moment: Moment,
}

/// The one day that every date in the page names, wherever it stands; else the day of the last change.
fn stand_in(claims: &Claims, modified: &[Dated<'_>], today: Option<Moment>) -> Option<StandIn> {
    let stated = claims
        .of(Field::DatePublished)
        .filter(|it| matches!(it.source, Source::Time | Source::DateLine))
        .take(LINES_MAX);
    let visible: Vec<(Source, Moment)> = stated
        .filter_map(|it| Some((it.source, dates::read(&it.value, None)?.moment)))
        .filter(|it| today.is_none_or(|today| it.1.days_from(today) <= DAYS_AHEAD_MAX))
        .collect();
    if let Some((source, moment)) = visible.first()
        && visible.iter().all(|it| it.1.same_day(*moment))
    {
        return Some(StandIn { field: Field::DatePublished, source: *source, moment: *moment });
    }
    modified.first().map(|it| StandIn { field: Field::DateModified, source: it.source, moment: it.moment })
}

/// Reads dates that go both ways: as a sure date of the page has it, else month first for American and Philippine pages.
fn resolve(all: &mut [Dated<'_>], claims: &Claims) {
    let sure: Vec<Moment> = all.iter().filter(|it| !it.unsure).map(|it| it.moment).collect();
    let month_first = claims.of(Field::Language).any(|it| {
        let tag = it.value.to_ascii_lowercase();
        tag.ends_with("-us") || tag.ends_with("_us") || tag.ends_with("_ph") || tag.ends_with("-ph")
    }) || claims
        .url
        .as_ref()
        .and_then(|it| it.domain())
        .is_some_and(|it| it.ends_with(".us") || it.ends_with(".gov"));
    for it in all.iter_mut().filter(|it| it.unsure) {
        let Some(exchanged) = it.moment.exchanged() else { continue };
        let near = |moment: Moment| sure.iter().map(|it| it.days_from(moment).abs()).min().unwrap_or(i32::MAX);
        let (as_read, other) = (near(it.moment), near(exchanged));
        if other < as_read || (other == as_read && month_first) {
            // Read again, so that the time of day behind it stays.
            let read = it.claim.and_then(|it| dates::read(&it.value, Some(Order::MonthFirst)));
            it.moment = read.map_or(exchanged, |it| it.moment);
        }
    }
}

/// The date of publication among what the sources say, best source first.
fn choose<'a, 'b>(published: &'a [Dated<'b>], address: Option<Moment>) -> Option<&'a Dated<'b>> {
    let is_credible = |it: &&Dated<'_>| {
        it.moment.year >= YEAR_MIN
            || published.iter().filter(|other| other.source != it.source && other.moment.same_day(it.moment)).count()
                > 0
    };
    let first = published.iter().find(is_credible)?;
    let Some(address) = address else { return Some(first) };
    if first.moment.days_from(address).abs() <= DAYS_OFF_ADDRESS_MAX {
        return Some(first);
    }
    let agrees = |it: &&Dated<'_>| it.source != Source::Url && it.moment.days_from(address).abs() <= 1;
    Some(published.iter().find(agrees).unwrap_or(first))
}
