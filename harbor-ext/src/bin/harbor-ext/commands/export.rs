//! Files that other programs take.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use harbor_ext::chrono::Utc;
use harbor_ext::export::{self, Document, sarif};
use harbor_ext::judge::Assessment;
use harbor_ext::text::counted;

use super::{gate, knowledge, missing};
use crate::arguments::{Export, Format};
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::{file, to_standard_output};
use crate::source;

pub(super) async fn run(arguments: Export, messages: Messages) -> Result<Ending, Problem> {
    let target = Target::new(&arguments)?;
    let policy = arguments.policy.as_deref().map(gate::read).transpose()?;
    let knowledge = knowledge::read(&arguments.knowledge)?;
    let inventory = source::inventory(&arguments.subjects, messages).await?;
    let assessment = Assessment::new(&inventory, &knowledge, Utc::now());
    let verdict = policy.map(|policy| policy.check(&assessment)).transpose();
    let verdict = verdict.map_err(|error| Problem::usage(error.to_string()))?;
    let mut document = Document::new(&assessment);
    if let Some(verdict) = &verdict {
        document = document.with_verdict(verdict);
    }
    target.write(arguments.format, &document, messages)?;
    assessment.notes().iter().for_each(|note| messages.say(note));
    Ok(missing::tell(&inventory, messages))
}

/// Where an export goes.
#[derive(Debug)]
enum Target {
    StandardOutput,
    File(Place),
    /// A folder that is there or can be made.
    Folder(Place),
}

/// A path, and whether what is there may be replaced.
#[derive(Debug)]
struct Place {
    path: PathBuf,
    force: bool,
}

impl Target {
    fn new(arguments: &Export) -> Result<Self, Problem> {
        let place = Place { path: arguments.output.clone(), force: arguments.force };
        let is_standard_output = place.path == Path::new("-");
        refuse_what_is_read(arguments)?;
        match arguments.format {
            Format::Envelope if is_standard_output => {
                Err(Problem::usage("reports of many images are many files").help("name a folder by --output FOLDER"))
            }
            Format::Envelope => Ok(Self::Folder(place)),
            _ if is_standard_output => Ok(Self::StandardOutput),
            _ => file::check(&place.path, place.force).map(|()| Self::File(place)),
        }
    }

    fn write(&self, format: Format, document: &Document<'_>, messages: Messages) -> Result<(), Problem> {
        match self {
            Self::StandardOutput => to_standard_output(|output| write(format, document, output)),
            Self::File(place) if format == Format::Sarif => write_sarif(place, document, messages),
            Self::File(place) => file::write(&place.path, |output| write(format, document, output)),
            Self::Folder(place) => write_envelopes(place, document, messages),
        }
    }
}

/// An archive is not replaced by what is made of it, whatever was forced: it may be the only one of its day.
fn refuse_what_is_read(arguments: &Export) -> Result<(), Problem> {
    let Ok(output) = fs::canonicalize(&arguments.output) else { return Ok(()) };
    let mut archives = arguments.subjects.archives.iter();
    match archives.find(|path| fs::canonicalize(path).is_ok_and(|path| path == output)) {
        Some(path) => Err(Problem::usage(format!("{} is read from and cannot be written to", path.display()))),
        None => Ok(()),
    }
}

fn write(format: Format, document: &Document<'_>, output: &mut (dyn Write + Send)) -> Result<(), Box<dyn Error>> {
    match format {
        Format::Json => export::json::write(document, output)?,
        Format::Ndjson => export::ndjson::write(document, output)?,
        Format::Csv => export::csv::write(document, output)?,
        Format::Markdown => export::markdown::write(document, output)?,
        Format::Html => export::html::write(document, output)?,
        Format::Sarif => sarif::write(document, output)?,
        Format::Cyclonedx => export::cyclonedx::write(document, output)?,
        Format::Openvex => export::openvex::write(document, output)?,
        Format::Junit => export::junit::write(document, output)?,
        Format::Prometheus => export::prometheus::write(document, output)?,
        Format::Parquet => export::parquet::write(document, output)?,
        Format::Envelope => unreachable!("envelopes go to a folder"),
    }
    Ok(())
}

/// Writes as many files as the limits of platforms ask for: `findings.sarif`, `findings-2.sarif` and so on.
fn write_sarif(place: &Place, document: &Document<'_>, messages: Messages) -> Result<(), Problem> {
    let mut paths = Vec::new();
    for part in sarif::parts(document, sarif::Limits::default()) {
        let part = part.map_err(|error| Problem::from_error("the export cannot be made", &error))?;
        let path = numbered(&place.path, part.number());
        file::check(&path, place.force)?;
        file::write(&path, |output| Ok(part.write(output)?))?;
        paths.push(path.display().to_string());
    }
    if paths.len() > 1 {
        messages.say(&format!(
            "written in {} files, because platforms limit their size: {}",
            paths.len(),
            paths.join(", ")
        ));
    }
    Ok(())
}

/// Writes the report of each image into a folder, one file each.
fn write_envelopes(place: &Place, document: &Document<'_>, messages: Messages) -> Result<(), Problem> {
    let folder = &place.path;
    fs::create_dir_all(folder)
        .map_err(|error| Problem::from_error(format!("the folder {} cannot be made", folder.display()), &error))?;
    let mut count = 0_usize;
    for report in export::envelope::files(document) {
        let path = folder.join(report.name());
        file::check(&path, place.force)?;
        file::write(&path, |output| Ok(report.write(output)?))?;
        count += 1;
    }
    messages.say(&format!("{} in {}", counted(count, "report"), folder.display()));
    Ok(())
}

/// The path of the part of a file: that of the first is the path itself.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_before_the_extension() {
        for (number, name) in [(1, "a/findings.sarif"), (2, "a/findings-2.sarif"), (13, "a/findings-13.sarif")] {
            assert_eq!(numbered(Path::new("a/findings.sarif"), number), Path::new(name));
        }
        assert_eq!(numbered(Path::new("findings"), 2), Path::new("findings-2"));
    }
}
