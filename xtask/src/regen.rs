//! The command `cargo xtask regen`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::de::DeserializeOwned;
use similar::TextDiff;

use crate::{
    changes::Changes,
    correct::Corrections,
    error::Error,
    fetch,
    output::{Output, write_all},
    pipeline::{Inputs, Product, checksum},
    surface::Surface,
};

/// What to make, of what, and where.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Harbor's description in Swagger 2.0, as YAML or JSON: a file, or a URL such as
    /// https://HARBOR/swagger.json [default: the release of xtask/upstream.toml]
    #[arg(long, value_name = "FILE|URL")]
    source: Option<String>,
    /// Write harbor-openapi.yaml and surface.txt into this folder, not into the workspace.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing, and fail if the files are not what would be written. Without --source no
    /// network is needed: the files are then checked against each other.
    #[arg(long)]
    check: bool,
    /// Write the generated Rust to this file as well, for reading.
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    emit: Option<PathBuf>,
}

/// How a run ended that had no error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Done,
    Differs,
}

/// Runs the command.
pub(crate) fn run(options: &Options) -> Result<Outcome, Error> {
    let files = Files::of(options.out.as_deref());
    let inputs = inputs()?;
    if options.check {
        let product = match &options.source {
            Some(source) => inputs.regenerate(&fetch::read(source)?)?,
            None => inputs.repeat(&read(&files.description)?)?,
        };
        return Ok(check(options, &files, &product));
    }
    let text = match &options.source {
        Some(source) => fetch::read(source)?,
        None => pinned(&inputs)?,
    };
    let product = inputs.regenerate(&text)?;
    // Callers compare with what is checked in, wherever the new files go.
    let before = fs::read_to_string(Files::of(None).surface).unwrap_or_default();
    let mut lines = report(&product);
    lines.push(Changes::between(&Surface::parse(&before), &product.surface).to_string());
    let mut outputs = vec![
        Output { path: files.description, text: product.yaml },
        Output { path: files.surface, text: product.surface.to_string() },
    ];
    if let Some(path) = &options.emit {
        outputs.push(Output { path: path.clone(), text: product.client });
    }
    write_all(&outputs)?;
    lines.extend(outputs.iter().map(|output| format!("Wrote {}", output.path.display())));
    print(&lines);
    Ok(Outcome::Done)
}

/// The files that a run writes or checks.
#[derive(Debug)]
struct Files {
    description: PathBuf,
    surface: PathBuf,
}

impl Files {
    fn of(out: Option<&Path>) -> Self {
        match out {
            Some(folder) => {
                Self { description: folder.join("harbor-openapi.yaml"), surface: folder.join("surface.txt") }
            }
            None => Self {
                description: workspace().join("harbor-openapi.yaml"),
                surface: workspace().join("harbor-api/surface.txt"),
            },
        }
    }
}

fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

fn inputs() -> Result<Inputs, Error> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(Inputs {
        pin: read_toml(&package.join("upstream.toml"))?,
        corrections: Corrections::parse(&read(&package.join("corrections.toml"))?)?,
        summaries: read_toml::<BTreeMap<String, String>>(&package.join("overlay/summaries.toml"))?,
    })
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    toml::from_str(&read(path)?).map_err(|error| Error::at(&path.display(), error.message()))
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))
}

/// Fetches the pinned release, which must be what it was.
fn pinned(inputs: &Inputs) -> Result<String, Error> {
    let text = fetch::read(&inputs.pin.url)?;
    let found = checksum(&text);
    if found != inputs.pin.sha256 {
        let (url, expected) = (&inputs.pin.url, &inputs.pin.sha256);
        return Err(Error::new(format!("{url} has the SHA-256 {found}, but xtask/upstream.toml says {expected}")));
    }
    Ok(text)
}

/// Says what the way from Harbor's description to ours was like.
fn report(product: &Product) -> Vec<String> {
    let mut lines: Vec<String> = product.notes.iter().map(|note| format!("note: {note}")).collect();
    for applied in product.applied.iter().filter(|applied| applied.times == 0) {
        lines.push(format!("note: the correction `{}` matches nothing in this release", applied.name));
    }
    if !product.unsummarised.is_empty() {
        lines
            .push(format!("note: xtask/overlay/summaries.toml has no summary for {}", product.unsummarised.join(", ")));
    }
    if product.unused_summaries > 0 {
        lines.push(format!(
            "note: {} summaries are for operations that this release does not have",
            product.unused_summaries
        ));
    }
    lines
}

/// Compares the files with what a run would write.
fn check(options: &Options, files: &Files, product: &Product) -> Outcome {
    let wanted = [(&files.description, product.yaml.clone()), (&files.surface, product.surface.to_string())];
    let mut lines = Vec::new();
    for (path, wanted) in wanted {
        // A missing file differs in every line.
        let found = fs::read_to_string(path).unwrap_or_default();
        if found != wanted {
            let name = path.display().to_string();
            let diff = TextDiff::from_lines(&found, &wanted);
            lines.push(diff.unified_diff().header(&name, &format!("{name} (regenerated)")).to_string());
        }
    }
    if lines.is_empty() {
        print(&["harbor-openapi.yaml and surface.txt are up to date.".to_owned()]);
        return Outcome::Done;
    }
    lines.push(format!("Fix it with: {}", fixing_command(options)));
    print(&lines);
    Outcome::Differs
}

/// Prints lines; a reader that has gone, such as `head`, is no reason to fail.
fn print(lines: &[String]) {
    let text = lines.join("\n") + "\n";
    let _ = io::stdout().write_all(text.as_bytes());
}

fn fixing_command(options: &Options) -> String {
    let mut command = "cargo xtask regen".to_owned();
    if let Some(source) = &options.source {
        command += &format!(" --source {}", fetch::without_secrets(source));
    }
    if let Some(out) = &options.out {
        command += &format!(" --out {}", out.display());
    }
    command
}
