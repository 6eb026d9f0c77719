//! Values by the identifier of a vulnerability.

use std::borrow::Cow;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// Values by the identifier of a vulnerability, whose capitals do not count.
///
/// Nearly all identifiers are CVEs. Those are held as numbers, so that 300,000 of them take little memory and are found
/// without a copy.
#[derive(Clone, Debug)]
pub(super) struct ById<T> {
    cves: HashMap<u64, T, RandomState>,
    others: HashMap<Box<str>, T, RandomState>,
}

impl<T> ById<T> {
    pub(super) fn len(&self) -> usize {
        self.cves.len() + self.others.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&T> {
        match cve_number(id) {
            Some(number) => self.cves.get(&number),
            None if self.others.is_empty() => None,
            None => self.others.get(&*upper_case(id)),
        }
    }

    /// The value that was there before.
    pub(super) fn insert(&mut self, id: &str, value: T) -> Option<T> {
        match cve_number(id) {
            Some(number) => self.cves.insert(number, value),
            None => self.others.insert(upper_case(id).into(), value),
        }
    }

    /// The value of an identifier, which is empty where there was none.
    pub(super) fn entry(&mut self, id: &str) -> &mut T
    where
        T: Default,
    {
        match cve_number(id) {
            Some(number) => self.cves.entry(number).or_default(),
            None => self.others.entry(upper_case(id).into()).or_default(),
        }
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.cves.shrink_to_fit();
        self.others.shrink_to_fit();
    }
}

impl<T> Default for ById<T> {
    fn default() -> Self {
        Self { cves: HashMap::default(), others: HashMap::default() }
    }
}

/// A CVE as a number: the year and the number in it. `None` where it is not written as they are, so that no two spellings
/// but those that differ in capitals are one.
pub(super) fn cve_number(id: &str) -> Option<u64> {
    let (prefix, rest) = id.split_at_checked(4)?;
    let (year, number) = rest.split_once('-')?;
    let is_cve = prefix.eq_ignore_ascii_case("CVE-") && year.len() == 4 && (4..=9).contains(&number.len());
    // Numbers are filled up with zeros to four digits, and not further.
    let is_canonical = number.len() == 4 || !number.starts_with('0');
    let are_digits = year.bytes().chain(number.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_cve || !is_canonical || !are_digits {
        return None;
    }
    Some(year.parse::<u64>().ok()? << 32 | number.parse::<u64>().ok()?)
}

fn upper_case(id: &str) -> Cow<'_, str> {
    match id.bytes().any(|byte| byte.is_ascii_lowercase()) {
        true => Cow::Owned(id.to_ascii_uppercase()),
        false => Cow::Borrowed(id),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whole_cves_are_numbers() {
        assert_eq!(cve_number("CVE-2021-44228"), cve_number("cve-2021-44228"));
        assert!(cve_number("CVE-1999-0001") < cve_number("CVE-2021-0001"));
        for id in
            ["", "CVE", "CVE-2021", "CVE-2021-1", "CVE-2021-00001", "CVE-21-44228", "GHSA-2021-4422", "CVE-2021-+422"]
        {
            assert_eq!(cve_number(id), None, "{id}");
        }
        for id in ["CVE-2021-44228 ", "CVE-2021-4294967296", "ČVE-2021-44228", "CVE-2021-4422-8", "CVÉ2021-44228"] {
            assert_eq!(cve_number(id), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn what_was_put_in_is_found_whatever_the_capitals(
            ids in prop::collection::vec("(CVE|cve|GHSA)-(2021|2022|é)-[0-9]{3,5}|[a-c]{0,2}", 1..12),
        ) {
            let mut by_id = ById::default();
            for (place, id) in ids.iter().enumerate() {
                by_id.insert(id, place);
            }
            for id in &ids {
                let last = ids.iter().rposition(|other| other.eq_ignore_ascii_case(id));
                prop_assert_eq!(by_id.get(id).copied(), last);
                prop_assert_eq!(by_id.get(&id.to_ascii_lowercase()).copied(), last);
                prop_assert_eq!(by_id.get(&format!("{id}1")).is_some(), ids.iter().any(|other| other.eq_ignore_ascii_case(&format!("{id}1"))));
            }
        }
    }
}
