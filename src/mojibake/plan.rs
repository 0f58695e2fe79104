//! A list of repairs as something to keep: applied again to the same text, or undone.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Repair, Repaired};

/// The repairs of one text, in its order; what `--dry-run` writes and a later run applies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// What to change, by position, without overlap.
    pub repairs: Vec<Repair>,
}

impl From<&Repaired<'_>> for Plan {
    fn from(repaired: &Repaired<'_>) -> Self {
        Self { repairs: repaired.repairs.clone() }
    }
}

/// The plan does not belong to the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// Which repair of the plan did not fit, counted from 0.
    pub repair_idx: usize,
    /// Byte offset at which the text was expected.
    pub offset: usize,
    /// What the plan expects there.
    pub expected: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "repair {} expects {:?} at byte {}", self.repair_idx, self.expected, self.offset)
    }
}

impl std::error::Error for PlanError {}

/// The damaged text with a plan's repairs made.
///
/// # Errors
///
/// If the text does not hold, at a repair's place, what the plan says was there: it is another text.
///
/// ```
/// use copydesk::mojibake::{apply, repair, undo, Hints, Options, Plan};
///
/// let damaged = "MÃ¼nchen â€“ KÃ¶ln";
/// let repaired = repair(damaged, &Hints::default(), &Options::default());
/// let plan = Plan::from(&repaired);
/// assert_eq!(apply(&plan, damaged).unwrap(), "München – Köln");
/// assert_eq!(undo(&plan, &repaired.text).unwrap(), damaged);
/// ```
pub fn apply(plan: &Plan, damaged: &str) -> Result<String, PlanError> {
    rewrite(damaged, plan.repairs.iter().map(|repair| (repair.source.start, &*repair.from, &*repair.to)))
}

/// The repaired text with a plan's repairs taken back.
///
/// # Errors
///
/// If the text does not hold, at a repair's place, what the plan put there: it is another text.
pub fn undo(plan: &Plan, repaired: &str) -> Result<String, PlanError> {
    rewrite(repaired, plan.repairs.iter().map(|repair| (repair.offset, &*repair.to, &*repair.from)))
}

fn rewrite<'p>(text: &str, changes: impl Iterator<Item = (usize, &'p str, &'p str)>) -> Result<String, PlanError> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (repair_idx, (offset, from, to)) in changes.enumerate() {
        let stands_there = offset >= done && text.get(offset..).is_some_and(|rest| rest.starts_with(from));
        let Some(before) = text.get(done..offset).filter(|_| stands_there) else {
            return Err(PlanError { repair_idx, offset, expected: from.to_owned() });
        };
        out.push_str(before);
        out.push_str(to);
        done = offset + from.len();
    }
    out.push_str(&text[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mojibake::{Hints, Options, repair};

    #[track_caller]
    fn check(damaged: &str) {
        let repaired = repair(damaged, &Hints::default(), &Options::default());
        let plan = Plan::from(&repaired);
        let kept: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
        assert_eq!(kept.repairs.len(), plan.repairs.len());
        assert_eq!(apply(&kept, damaged).as_deref(), Ok(&*repaired.text));
        assert_eq!(undo(&kept, &repaired.text).as_deref(), Ok(damaged));
    }

    #[test]
    fn a_plan_is_applied_and_undone() {
        check("Der BÃ¼rgermeister sagte: â€žNie wieder.â€œ");
        check("LÃƒÂ¤uft in zwei Schichten â€“ und in einer: KÃ¶ln");
        check("nothing to do");
    }

    #[test]
    fn a_plan_of_another_text_is_refused() {
        let damaged = "MÃ¼nchen und ZÃ¼rich";
        let plan = Plan::from(&repair(damaged, &Hints::default(), &Options::default()));
        assert!(!plan.repairs.is_empty());
        assert_eq!(apply(&plan, "a text").map_err(|error| error.repair_idx), Err(0));
        assert_eq!(undo(&plan, "ü").map_err(|error| error.offset), Err(1));
    }
}
