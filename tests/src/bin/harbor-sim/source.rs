//! Where the registry comes from.

use harbor_testkit::{LoadError, Registry, Scale};

use crate::arguments::Arguments;

/// Makes or loads the registry that the arguments choose.
pub(crate) fn registry(arguments: &Arguments) -> Result<Registry, LoadError> {
    if let Some(folder) = &arguments.reports {
        return Registry::from_reports(folder);
    }
    if let Some(file) = &arguments.registry {
        return Registry::from_capture(file);
    }
    Ok(match arguments.synthetic {
        Some(synthetic) => Registry::synthetic(Scale { seed: arguments.seed, ..synthetic.0 }),
        None => Registry::demo(),
    })
}
