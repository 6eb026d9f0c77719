//! FIRST's Exploit Prediction Scoring System.

use std::io::{self, BufRead, BufReader, Read};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flate2::read::MultiGzDecoder;
use schemars::JsonSchema;
use serde::Serialize;

use super::identifiers::ById;
use super::knowledge::KnowledgeError;
use crate::text::Quoted;

/// How likely vulnerabilities are to be exploited within 30 days, by FIRST's Exploit Prediction Scoring System.
///
/// 300,000 scores take about 10 MB.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Epss {
    /// The version of the model, such as `v2026.03.14`; empty where the file does not say.
    pub model: String,
    /// The date of the scores, as the file says; empty where it does not.
    pub date: String,
    scores: ById<Parts>,
}

/// How likely a vulnerability is to be exploited.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct EpssScore {
    /// The probability that it is exploited within 30 days, from 0 to 1.
    pub probability: f64,
    /// The share of all vulnerabilities that have this probability or a lower one, from 0 to 1.
    pub percentile: f64,
}

/// Probability and percentile, in parts of a thousand million.
#[derive(Clone, Copy, Debug)]
struct Parts(u32, u32);

/// What this should be, in messages.
const WHAT: &str = "FIRST's list of EPSS scores (epss_scores-….csv or .csv.gz)";
/// No line of such a list is nearly as long.
const LONGEST_LINE: u64 = 1000;
/// More vulnerabilities than there will be for a long time.
const MOST_ROWS: usize = 2_000_000;
/// Longer than any identifier.
const LONGEST_ID: usize = 64;
const HEADER: &str = "cve,epss,percentile";
const WHOLE: u32 = 1_000_000_000;

impl Epss {
    /// Reads the scores, as FIRST gives them out: CSV, compressed with gzip or not, whatever the name of the file.
    ///
    /// # Errors
    ///
    /// Fails for what is something else, for a list that breaks off or is empty, and for a line that cannot be read, whose
    /// number is told.
    ///
    /// ```
    /// # use harbor_ext::judge::Epss;
    /// let file = "#model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000\n\
    ///             cve,epss,percentile\n\
    ///             CVE-2021-44228,0.94358,0.99957\n";
    /// let epss = Epss::parse(file.as_bytes())?;
    /// assert_eq!(epss.get("CVE-2021-44228").unwrap().probability, 0.94358);
    /// # Ok::<(), harbor_ext::judge::KnowledgeError>(())
    /// ```
    pub fn parse(from: impl Read) -> Result<Self, KnowledgeError> {
        let mut from = BufReader::new(from);
        match from.fill_buf().map_err(unreadable)? {
            [0x1f, 0x8b, ..] => Self::parse_text(BufReader::new(MultiGzDecoder::new(from))),
            _ => Self::parse_text(from),
        }
    }

    /// The score of a vulnerability; `None` where it has none. Capitals do not count.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<EpssScore> {
        self.scores.get(id).map(|parts| (*parts).into())
    }

    /// The number of scores; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// How old the scores are at a time; `None` where the file does not say when they were made.
    #[must_use]
    pub fn age_at(&self, time: DateTime<Utc>) -> Option<TimeDelta> {
        let date: NaiveDate = self.date.get(..10)?.parse().ok()?;
        Some(time - date.and_hms_opt(0, 0, 0)?.and_utc())
    }

    fn parse_text(from: impl BufRead) -> Result<Self, KnowledgeError> {
        let mut lines = Lines { from, number: 0, line: Vec::new() };
        let mut epss = Self { model: String::new(), date: String::new(), scores: ById::default() };
        loop {
            let is_first = lines.number == 0;
            match lines.next()? {
                None if is_first => return Err(KnowledgeError::unfit(WHAT, "it is empty")),
                None => return Err(KnowledgeError::unfit(WHAT, format!("it has no line \"{HEADER}\""))),
                Some(HEADER) => break,
                Some(line) => match line.strip_prefix('#') {
                    Some(comment) => epss.read_comment(comment),
                    None => {
                        let reason = format!("instead of \"{HEADER}\" there is \"{}\"", Quoted(line));
                        return Err(lines.refuse(&reason));
                    }
                },
            }
        }
        while let Some(line) = lines.next()? {
            let row = read_row(line);
            let Some((id, parts)) = row else {
                let reason = format!("\"{}\" is not a vulnerability with two numbers from 0 to 1", Quoted(line));
                return Err(lines.refuse(&reason));
            };
            if epss.scores.insert(id, parts).is_some() {
                let reason = format!("{} is there twice", Quoted(id));
                return Err(lines.refuse(&reason));
            }
            if epss.scores.len() > MOST_ROWS {
                return Err(lines.refuse("there are more lines than vulnerabilities"));
            }
        }
        if epss.scores.len() == 0 {
            return Err(KnowledgeError::unfit(WHAT, "it has no scores: get it again"));
        }
        epss.scores.shrink_to_fit();
        Ok(epss)
    }

    /// Reads `model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000`.
    fn read_comment(&mut self, comment: &str) {
        for (name, value) in comment.split(',').filter_map(|part| part.split_once(':')) {
            match name.trim() {
                "model_version" => self.model = value.trim().to_owned(),
                "score_date" => self.date = value.trim().to_owned(),
                _ => {}
            }
        }
    }
}

impl From<Parts> for EpssScore {
    fn from(Parts(probability, percentile): Parts) -> Self {
        // A quotient of whole numbers is the number that the decimal text stands for.
        let share = |parts| f64::from(parts) / f64::from(WHOLE);
        Self { probability: share(probability), percentile: share(percentile) }
    }
}

/// Lines with their numbers, none of which is longer than any line of a real list.
struct Lines<R> {
    from: R,
    number: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line that is not blank.
    fn next(&mut self) -> Result<Option<&str>, KnowledgeError> {
        loop {
            self.line.clear();
            let read = (&mut self.from).take(LONGEST_LINE).read_until(b'\n', &mut self.line).map_err(unreadable)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if read as u64 == LONGEST_LINE {
                return Err(self.refuse("it is longer than any such line"));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        match str::from_utf8(self.line.trim_ascii()) {
            Ok(line) => Ok(Some(line.strip_prefix('\u{feff}').unwrap_or(line))),
            Err(_) => Err(self.refuse("it is not text")),
        }
    }
}

impl<R> Lines<R> {
    fn refuse(&self, reason: &str) -> KnowledgeError {
        KnowledgeError::unfit(WHAT, format!("line {}: {reason}: get it again", self.number))
    }
}

fn unreadable(source: io::Error) -> KnowledgeError {
    KnowledgeError::Read { what: WHAT, source }
}

fn read_row(line: &str) -> Option<(&str, Parts)> {
    let mut fields = line.split(',');
    let (id, probability, percentile) = (fields.next()?, fields.next()?, fields.next()?);
    let is_row = (1..=LONGEST_ID).contains(&id.len()) && fields.next().is_none();
    is_row.then_some((id, Parts(read_share(probability)?, read_share(percentile)?)))
}

/// Reads a number from 0 to 1, in parts of a thousand million.
fn read_share(text: &str) -> Option<u32> {
    let number: f64 = text.parse().ok()?;
    // Not a number is in no range.
    (0.0..=1.0).contains(&number).then(|| (number * f64::from(WHOLE)).round() as u32)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "#model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000\r\ncve,epss,percentile\r\n\
                        CVE-2021-44228,0.94358,0.99957\r\ncve-1999-0001,1.2e-05,0\r\n";

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn scores_are_read_compressed_or_not() {
        for file in [FILE.as_bytes().to_vec(), compressed(FILE.as_bytes())] {
            let epss = Epss::parse(&*file).unwrap();
            assert_eq!((&*epss.model, &*epss.date, epss.len()), ("v2026.03.14", "2026-11-20T00:00:00+0000", 2));
            let score = epss.get("cve-2021-44228").unwrap();
            assert_eq!((score.probability, score.percentile), (0.94358, 0.99957));
            assert_eq!(epss.get("CVE-1999-0001").unwrap().probability, 0.000_012);
            assert_eq!(epss.get("CVE-1999-0002"), None);
            assert_eq!(epss.age_at("2026-11-21T12:00:00Z".parse().unwrap()), Some(TimeDelta::hours(36)));
        }
    }

    /// The files of the first models have no comment.
    #[test]
    fn a_file_without_a_date_has_no_age() {
        let epss = Epss::parse("cve,epss,percentile\nCVE-2021-44228,1,1".as_bytes()).unwrap();
        assert_eq!((&*epss.date, epss.age_at(DateTime::UNIX_EPOCH)), ("", None));
    }

    #[test]
    fn what_is_something_else_is_never_an_empty_list() {
        let row = |row: &str| format!("cve,epss,percentile\nCVE-2021-44228,0.5,0.5\n{row}\n").into_bytes();
        let whole = compressed(FILE.as_bytes());
        for (bytes, says) in [
            (Vec::new(), "empty"),
            (b"<html><body>Sign in".to_vec(), "line 1: instead of"),
            (b"{}".to_vec(), "line 1: instead of"),
            (b"cve,percentile,epss\n".to_vec(), "line 1: instead of"),
            (b"#model_version:v1\n".to_vec(), "no line \"cve,epss,percentile\""),
            (b"cve,epss,percentile\n".to_vec(), "no scores"),
            (row("CVE-2021-1"), "line 3: \"CVE-2021-1\" is not"),
            (row("CVE-2021-0001,0.5"), "line 3"),
            (row("CVE-2021-0001,0.5,0.5,0.5"), "line 3"),
            (row(",0.5,0.5"), "line 3"),
            (row("CVE-2021-0001,1.5,0.5"), "line 3"),
            (row("CVE-2021-0001,-0.1,0.5"), "line 3"),
            (row("CVE-2021-0001,NaN,0.5"), "line 3"),
            (row("cve-2021-44228,0.1,0.1"), "line 3: cve-2021-44228 is there twice"),
            (row(&"x".repeat(5000)), "line 3: it is longer"),
            ([row("").as_slice(), b"\xff,0,0"].concat(), "not text"),
            (whole[..whole.len() - 9].to_vec(), "get it again"),
            (whole[..2].to_vec(), "get it again"),
            (compressed(&[b'x'; 1_000_000]), "line 1: it is longer"),
            (compressed(b""), "empty"),
        ] {
            let error = Epss::parse(&*bytes).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("FIRST"), "{says}: {error}");
        }
    }

    proptest! {
        /// A score comes back as the number that was written, to the last bit.
        #[test]
        fn numbers_are_kept_exactly(parts in 0..=WHOLE, digits in 1..=9_usize) {
            let text = format!("{:.digits$}", f64::from(parts) / f64::from(WHOLE));
            let number: f64 = text.parse().unwrap();
            let kept = EpssScore::from(Parts(read_share(&text).unwrap(), 0));
            prop_assert_eq!(kept.probability, number);
        }
    }
}
