//! Harbor's own reports, one file for each artifact, as Harbor answers them: what DefectDojo's "Harbor Vulnerability Scan"
//! and other programs import. Nothing is changed or left out.

use std::io;

use super::{Document, ExportError, identity, json_text};
use crate::model::{Artifact, ArtifactInfo, Report};

/// The report of one artifact.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    info: &'a ArtifactInfo,
    report: &'a Report,
}

/// The reports of all artifacts that have one, in the order of the report.
///
/// ```no_run
/// # fn example(document: &harbor_ext::export::Document<'_>) -> Result<(), Box<dyn std::error::Error>> {
/// use harbor_ext::export::envelope;
///
/// for file in envelope::files(document) {
///     file.write(std::fs::File::create_new(file.name())?)?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn files<'a>(document: &Document<'a>) -> impl Iterator<Item = File<'a>> + use<'a> {
    let artifacts = document.assessment.inventory().report().iter();
    artifacts.filter_map(|info| Some(File { info, report: info.state.report()? }))
}

impl<'a> File<'a> {
    /// The artifact.
    #[must_use]
    pub fn artifact(&self) -> &'a Artifact {
        &self.info.artifact
    }

    /// A name for the file: registry, repository and digest, such as
    /// `harbor.example.com_library_nginx_sha256-0123….0123456789abcdef.json`.
    ///
    /// It has nothing but lower-case ASCII letters, digits, `-`, `_` and `.`, begins with a letter or a digit, is no longer
    /// than 220 characters, and no two artifacts of all registries have the same: so it is safe on every platform.
    #[must_use]
    pub fn name(&self) -> String {
        const LONGEST: usize = 60;
        let artifact = self.artifact();
        let name = artifact.repository_with_registry().to_lowercase();
        let safe = |character: char| match character {
            'a'..='z' | '0'..='9' | '-' | '.' => character,
            _ => '_',
        };
        let readable: String =
            name.chars().map(safe).skip_while(|first| !first.is_ascii_alphanumeric()).take(LONGEST).collect();
        let registry = artifact.registry.as_deref().unwrap_or_default();
        // What was replaced, cut or written in capitals is told apart by this.
        let unique = identity::fingerprint([registry, artifact.repository.full(), artifact.digest.as_str()]);
        let digest = artifact.digest.as_str().replace(':', "-");
        let readable = if readable.is_empty() { "artifact" } else { &readable };
        format!("{readable}_{digest}.{}.json", &unique[..16])
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, mut output: impl io::Write) -> Result<(), ExportError> {
        json_text::write(&self.report.envelope(), &mut output)?;
        output.write_all(b"\n")?;
        Ok(output.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::samples::{self, Sample};
    use super::*;
    use crate::model::FindingPool;
    use crate::model::decode::{self, Body};

    #[test]
    fn files_are_read_again_as_what_harbor_sent() {
        for sample in [Sample::usual(), Sample::hostile()] {
            let assessment = sample.assessment();
            for file in files(&Document::new(&assessment)) {
                let mut output = Vec::new();
                file.write(&mut output).unwrap();
                let Body::Report(report) = decode::report(&output, &FindingPool::new()).unwrap() else {
                    panic!("a report")
                };
                assert_eq!(Some(&report), file.info.state.report());
                // What DefectDojo does: the first member of the object has the list of vulnerabilities.
                let json: Value = serde_json::from_slice(&output).unwrap();
                let first = json.as_object().unwrap().values().next().unwrap();
                assert_eq!(first["vulnerabilities"].as_array().unwrap().len(), report.len());
            }
        }
    }

    #[test]
    fn names_are_safe_and_different() {
        let long = format!("a/{}", "b".repeat(250));
        let names = ["a/b", "A/b", "a/B", "a_b/c", "a/b_c", "a/b/c", "=a/é😀", ".a/..b", "-a/b", "con/nul", &long];
        let infos =
            names.iter().zip(1..).map(|(name, id)| samples::info(name, id % 2, samples::reported(&[]))).collect();
        let sample = Sample::new(infos);
        let assessment = sample.assessment();
        let files: BTreeSet<String> = files(&Document::new(&assessment)).map(|file| file.name()).collect();
        assert_eq!(files.len(), names.len());
        for name in files {
            assert!(name.len() <= 220 && name.starts_with(|first: char| first.is_ascii_alphanumeric()), "{name}");
            assert!(name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')), "{name}");
        }
    }
}
