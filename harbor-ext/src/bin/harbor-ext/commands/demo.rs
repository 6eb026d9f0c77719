//! The sample registry, to see what the program can do.

use std::path::Path;

use harbor_ext::{Credentials, Harbor, Inventory};
use harbor_testkit::{Registry, SimulatedHarbor};

use super::{crawl, missing, report};
use crate::arguments::{Demo, Selection};
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::{file, to_standard_output};
use crate::source;

/// The robot of the sample registry. It may read every project but one.
const ROBOT: (&str, &str) = ("robot$auditor", "demo-secret");

pub(super) async fn run(arguments: Demo, messages: Messages) -> Result<Ending, Problem> {
    if let Some(path) = &arguments.output {
        file::check(path, arguments.force)?;
    }
    let server = SimulatedHarbor::builder().registry(Registry::demo()).start().await;
    let server = server.map_err(|error| Problem::from_error("the sample registry cannot be started", &error))?;
    if arguments.serve {
        return serve(&server).await;
    }
    let harbor = Harbor::builder(server.url())
        .credentials(Credentials::basic(ROBOT.0, ROBOT.1))
        // A proxy in the environment cannot reach a server of this machine.
        .http_client(harbor_ext::http_client().no_proxy())
        .build()
        .map_err(|error| Problem::from_error("the sample registry cannot be asked", &error))?;
    match arguments.output {
        Some(path) => archive(&harbor, &path, messages).await,
        None => show(&harbor, messages).await,
    }
}

/// Writes the archive. That a project of the sample may not be read is part of the show, and no reason to end badly.
async fn archive(harbor: &Harbor, path: &Path, messages: Messages) -> Result<Ending, Problem> {
    crawl::into_archive(harbor, &Selection::default(), path, messages).await?;
    messages.say(&format!("ask it: harbor-ext find cve CVE-2021-44228 --from {}", path.display()));
    Ok(Ending::Fine)
}

async fn show(harbor: &Harbor, messages: Messages) -> Result<Ending, Problem> {
    let snapshot = source::snapshot(harbor, &Selection::default(), messages).await?;
    let inventory = Inventory::new([snapshot]);
    report::show(&inventory)?;
    missing::tell(&inventory, messages);
    messages.say("to ask it further: harbor-ext demo --output demo.ndjson.zst");
    Ok(Ending::Fine)
}

async fn serve(server: &SimulatedHarbor) -> Result<Ending, Problem> {
    to_standard_output(|output| {
        writeln!(output, "export HARBOR_URL={}", server.url())?;
        writeln!(output, "export HARBOR_USERNAME='{}'", ROBOT.0)?;
        writeln!(output, "export HARBOR_SECRET={}", ROBOT.1)?;
        Ok(())
    })?;
    let ended = tokio::signal::ctrl_c().await;
    ended.map_err(|error| Problem::from_error("Ctrl-C cannot be waited for", &error))?;
    Ok(Ending::Fine)
}
