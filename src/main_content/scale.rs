//! Numbers to codes of one byte: what the model compares, sixteen rows at a time.
//!
//! A code keeps about as much of a number as training uses of it (63 thresholds a column, at most); 0.0 is always code 0. Codes
//! compare the way their numbers do.

/// How the numbers of a column are spread over the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Parts of a whole, the finer the smaller: codes of the root. Less than 0.0, where there is no whole, is one code.
    Share,
    /// Probabilities and what is as even: a step is 1/127.
    Even,
    /// Logarithms to base 2: seven steps for what is twice as much, up to 18 times.
    Log,
    /// Whole numbers from -128 to 127; what is beyond is the last of them.
    Count,
}

impl Scale {
    /// The code of a number, the nearest.
    #[inline]
    pub fn code(self, number: f32) -> i8 {
        let steps = self.steps(number);
        // What is no number, the root of a negative one, is less than all.
        let steps = if steps > f32::from(i8::MIN) { steps } else { f32::from(i8::MIN) };
        let steps = if steps < ENDS { steps } else { ENDS };
        // The sum has no room for what follows the point, and its last byte is the code.
        (steps + 1.5 * (1 << 23) as f32).to_bits() as i8
    }

    /// The number that a code stands for.
    pub fn number(self, code: i8) -> f32 {
        let steps = f32::from(code);
        match self {
            Self::Share if code < 0 => -1.0,
            Self::Share => (steps / ENDS) * (steps / ENDS),
            Self::Even => steps / ENDS,
            Self::Log => steps / LOG_STEPS,
            Self::Count => steps,
        }
    }

    /// The greatest code whose number is not above a threshold that lies between two numbers.
    pub fn below(self, threshold: f32) -> i8 {
        ((self.steps(threshold) + 128.0) as u8 ^ 0x80) as i8
    }

    #[inline]
    fn steps(self, number: f32) -> f32 {
        match self {
            // Below 0.0 there is no root.
            Self::Share => number.sqrt() * ENDS,
            Self::Even => number * ENDS,
            Self::Log => number * LOG_STEPS,
            Self::Count => number,
        }
    }
}

/// The greatest code.
const ENDS: f32 = 127.0;
const LOG_STEPS: f32 = 7.0;

/// Columns of measurements: what their names begin with, then each a name and, after a colon, its [`Scale`], where that is not
/// a share.
macro_rules! columns {
    ($visibility:vis columns $prefix:literal; $($(#[$doc:meta])* $name:ident $(: $scale:ident)?),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Column { $($(#[$doc])* $name),+ }

        /// The name of each column.
        $visibility const NAMES: &[&str] = &[$(concat!($prefix, stringify!($name))),+];

        /// How its numbers become codes.
        $visibility const SCALES: &[$crate::main_content::scale::Scale] = &[$(columns!(@ $($scale)?)),+];
    };
    (@) => { $crate::main_content::scale::Scale::Share };
    (@ $scale:ident) => { $crate::main_content::scale::Scale::$scale };
}
pub(super) use columns;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Scale; 4] = [Scale::Share, Scale::Even, Scale::Log, Scale::Count];

    #[test]
    fn a_code_stands_for_a_number_that_has_it() {
        for scale in ALL {
            for code in i8::MIN..=i8::MAX {
                let expected = if scale == Scale::Share && code < 0 { i8::MIN } else { code };
                assert_eq!(scale.code(scale.number(code)), expected, "{scale:?}");
            }
        }
    }

    #[test]
    fn a_threshold_parts_the_codes_it_lies_between() {
        for scale in ALL {
            for code in 0..i8::MAX {
                let threshold = (scale.number(code) + scale.number(code + 1)) / 2.0;
                assert_eq!(scale.below(threshold), code, "{scale:?}");
            }
            assert_eq!(scale.below(f32::INFINITY), i8::MAX);
            // The threshold that training gives between 0.0 and what is greater.
            assert_eq!(scale.below(1e-35), 0);
        }
        assert_eq!(Scale::Share.below(-0.5), i8::MIN);
        assert_eq!(Scale::Count.below(-0.5), -1);
    }

    #[test]
    fn greater_numbers_have_no_lesser_codes() {
        for scale in ALL {
            let numbers = (-1000..4000).map(|it| it as f32 / 100.0);
            assert!(numbers.map(|it| scale.code(it)).is_sorted(), "{scale:?}");
            assert_eq!(scale.code(0.0), 0);
        }
    }
}
