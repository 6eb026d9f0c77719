//! What the text of a version, or the name of a package, looks like.

use crate::version::Distribution;
use crate::version::number::{is_number, split_digits, split_while};

/// What a version says about the distribution that the package is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::version) enum Origin {
    /// The version has a mark that only one family of distributions gives.
    Marked(Distribution),
    /// A plain number behind the hyphen, as most packages of Debian have it: `5.0-4`.
    PlainRevision,
    /// Two or more numbers behind the hyphen, as SUSE has it in all packages and Debian in a few: `3.1.4-9.1`.
    DottedRevision,
}

/// The marks that Debian and its kin leave in versions.
const DEBIAN_MARKS: &[&str] = &["ubuntu", "+deb", "~deb", "dfsg", "~bpo", "+nmu", "+esm", "+rpi", "+rpt", "+really"];

/// The words that distributions with rpm put before their own version, in the release of a package.
const RPM_MARKS: &[&str] = &[
    "el", "fc", "amzn", "cm", "azl", "mga", "oe", "ph", "al", "an", "lp", "bp", "rhaos", "eln", "tl", "oc", "ky", "alt",
];

/// The first word of pre-releases. Others, such as platforms (`1.13.1-java`), do not come before the release.
const PRE_RELEASE_WORDS: &[&str] =
    &["alpha", "beta", "rc", "pre", "preview", "next", "canary", "dev", "snapshot", "nightly", "experimental"];

/// What the version of a package says about its distribution; `None` if nothing.
pub(in crate::version) fn origin(package: &str, version: &str) -> Option<Origin> {
    if !is_plain_name(package) {
        return None;
    }
    // This is asked of every finding of a report: so nothing is parsed here, and nothing is looked for in numbers alone.
    if let Some((upstream, revision)) = version.rsplit_once("-r")
        && is_number(revision)
        && begins_with_digit(upstream)
    {
        return Some(Origin::Marked(Distribution::Alpine));
    }
    let (_, revision) = version.rsplit_once('-').unwrap_or((version, ""));
    let has_letters = version.bytes().any(|byte| byte.is_ascii_alphabetic());
    if has_letters && DEBIAN_MARKS.iter().any(|mark| version.contains(mark)) {
        return Some(Origin::Marked(Distribution::Debian));
    }
    if has_letters && has_rpm_mark(revision) || is_of_suse_enterprise(revision) {
        return Some(Origin::Marked(Distribution::RedHat));
    }
    if !begins_with_digit(version) || !revision.split('.').all(is_number) {
        return None;
    }
    match revision.contains('.') {
        true => Some(Origin::DottedRevision),
        // npm has pre-releases such as 1.0.0-1: three numbers speak for Debian only if the name does, too.
        false => (version.matches('.').count() != 2 || is_name_of_debian(package)).then_some(Origin::PlainRevision),
    }
}

/// Whether the name of a package may be that of a distribution's package: it has nothing that other ecosystems use to
/// join names.
pub(super) fn is_plain_name(package: &str) -> bool {
    !package.is_empty() && !package.contains(['/', ':', '@', ' '])
}

/// Whether there is a revision that begins with a digit behind the last hyphen, or an epoch.
pub(super) fn has_revision(version: &str) -> bool {
    let has_revision = version.rsplit_once('-').is_some_and(|(_, revision)| begins_with_digit(revision));
    let has_epoch = version.split_once(':').is_some_and(|(epoch, _)| is_number(epoch));
    has_revision || has_epoch
}

/// Whether a package is one of those that Debian makes itself, whose versions have no revision.
pub(super) fn is_native_to_debian(package: &str) -> bool {
    let families =
        ["apt", "dpkg", "debconf", "base-files", "base-passwd", "adduser", "debianutils", "libapt", "libdpkg"];
    families.iter().any(|family| match package.strip_prefix(family) {
        Some(rest) => rest.is_empty() || rest.starts_with('-'),
        None => false,
    })
}

/// `v0.0.0-20190101000000-abcdef123456` and the like, and `v2.0.0+incompatible`.
pub(super) fn is_go_only(version: &str) -> bool {
    let is_pseudo_version = || {
        let (rest, hash) = version.rsplit_once('-')?;
        let (_, time) = rest.rsplit_once(['-', '.'])?;
        let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(is_hash && time.len() == 14 && is_number(time))
    };
    version.ends_with("+incompatible") || is_pseudo_version() == Some(true)
}

/// `1.0rc1`, `2.0b3`, `1.0.post1`, `1.0.dev2`, `1!2.0`: no other ecosystem writes them in this way.
pub(super) fn is_python_only(version: &str) -> bool {
    if version.split_once('!').is_some_and(|(epoch, _)| is_number(epoch)) {
        return true;
    }
    let (numbers, suffix) = split_while(version, |character| character.is_ascii_digit() || character == '.');
    let (word, number) = split_while(suffix, |character| character.is_ascii_lowercase());
    let is_known = match word {
        "a" | "b" | "rc" => !numbers.ends_with('.'),
        "post" | "dev" => numbers.ends_with('.'),
        _ => false,
    };
    is_known && begins_with_digit(numbers) && begins_with_digit(number)
}

/// Numbers and a hyphen, then one of the usual words for a pre-release.
pub(super) fn is_semantic_pre_release(version: &str) -> bool {
    let Some((numbers, pre_release)) = version.split_once('-') else { return false };
    let (word, rest) = split_while(pre_release, |character| character.is_ascii_alphabetic());
    let is_known = PRE_RELEASE_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    is_known && is_numbers(numbers) && !rest.starts_with('_')
}

/// Numbers and dots, maybe `v` before them and build metadata behind.
pub(super) fn is_numbers(version: &str) -> bool {
    let (numbers, _) = version.split_once('+').unwrap_or((version, ""));
    is_bare_numbers(numbers)
}

/// Numbers and dots, maybe `v` before them. All ecosystems order them alike.
pub(in crate::version) fn is_bare_numbers(version: &str) -> bool {
    version.strip_prefix('v').unwrap_or(version).split('.').all(is_number)
}

fn has_rpm_mark(release: &str) -> bool {
    release
        .split(['.', '+', '_', '~'])
        .any(|part| RPM_MARKS.iter().any(|mark| part.strip_prefix(mark).is_some_and(begins_with_digit)))
}

/// SUSE Linux Enterprise puts the number of the code stream first, such as `150400.3.9.1`.
fn is_of_suse_enterprise(release: &str) -> bool {
    let (first, rest) = split_digits(release);
    first.len() == 6 && first.starts_with("15") && rest.starts_with('.')
}

/// Whether the name is one that Debian's rules for the names of libraries and headers make.
fn is_name_of_debian(package: &str) -> bool {
    let ends = ["-dev", "-bin", "-base", "-common", "-data", "-doc", "-perl", "-minimal"];
    package.starts_with("lib") || ends.iter().any(|end| package.ends_with(end))
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_digit())
}
