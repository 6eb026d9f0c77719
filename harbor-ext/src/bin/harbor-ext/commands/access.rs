//! Who the registry takes the caller for, and what may be read.

use harbor_ext::text;

use crate::arguments::Access;
use crate::connect;
use crate::ending::{Ending, Problem};
use crate::output::messages::Messages;
use crate::output::{json, to_standard_output};

pub(super) async fn run(arguments: Access, messages: Messages) -> Result<Ending, Problem> {
    let harbor = connect::harbor(&arguments.connection, messages)?;
    let mut check = harbor.check_access();
    if !arguments.projects.is_empty() {
        check = check.projects(&arguments.projects);
    }
    let access = check.await.map_err(|failure| Problem::failed(failure.to_string()))?;
    to_standard_output(|output| {
        if arguments.json {
            json::write(&access, output)?;
        } else {
            access.to_string().lines().try_for_each(|line| writeln!(output, "{}", text::line(line)))?;
        }
        Ok(())
    })?;
    // Who sees no project can read all of nothing.
    Ok(Ending::of(access.can_read_all_reports() && !access.projects.is_empty()))
}
