//! Patterns for names, such as `library/*` or `**/test-*`.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::model::Artifact;
use crate::name::RepositoryName;

/// Which names are wanted: those that any included pattern matches (all, if none is), and no excluded one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globs {
    include: Patterns,
    exclude: Patterns,
}

/// Patterns of which any may match.
#[derive(Clone, Debug, Default)]
struct Patterns {
    globs: Vec<Glob>,
    set: GlobSet,
}

impl Globs {
    /// Includes what this pattern matches.
    pub(crate) fn include(&mut self, pattern: &str) -> Result<(), String> {
        self.include.add(pattern)
    }

    /// Excludes what this pattern matches.
    pub(crate) fn exclude(&mut self, pattern: &str) -> Result<(), String> {
        self.exclude.add(pattern)
    }

    /// Whether a repository is wanted. A pattern may match the full name, or the part after the project.
    pub(crate) fn allow_repository(&self, name: &RepositoryName) -> bool {
        let is_in = |patterns: &Patterns| patterns.set.is_match(name.full()) || patterns.set.is_match(name.path());
        (self.include.globs.is_empty() || is_in(&self.include)) && !is_in(&self.exclude)
    }

    /// Whether an artifact is wanted for its tags: for at least one that is included and not excluded. What has no tag is
    /// wanted unless tags are included.
    pub(crate) fn allow_tags_of(&self, artifact: &Artifact) -> bool {
        let is_included = |tag: &str| self.include.globs.is_empty() || self.include.set.is_match(tag);
        let is_wanted = |tag: &str| is_included(tag) && !self.exclude.set.is_match(tag);
        match artifact.tags.is_empty() {
            true => self.include.globs.is_empty(),
            false => artifact.tag_names().any(is_wanted),
        }
    }
}

impl Patterns {
    fn add(&mut self, pattern: &str) -> Result<(), String> {
        if pattern.is_empty() {
            return Err("an empty pattern matches nothing".to_owned());
        }
        // Without this `*` would cross slashes, and mean the same as `**`.
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| error.to_string())?;
        self.globs.push(glob);
        let mut builder = GlobSetBuilder::new();
        for glob in &self.globs {
            builder.add(glob.clone());
        }
        self.set = builder.build().map_err(|error| error.to_string())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ArtifactTag;

    fn globs(include: &[&str], exclude: &[&str]) -> Globs {
        let mut globs = Globs::default();
        include.iter().try_for_each(|pattern| globs.include(pattern)).unwrap();
        exclude.iter().try_for_each(|pattern| globs.exclude(pattern)).unwrap();
        globs
    }

    #[test]
    fn a_star_stays_within_a_segment_and_two_do_not() {
        for (pattern, name, is_match) in [
            ("library/*", "library/nginx", true),
            ("library/*", "library/base/nginx", false),
            ("library/**", "library/base/nginx", true),
            ("**/nginx", "library/base/nginx", true),
            ("*/nginx", "library/base/os/nginx", false),
            ("nginx", "library/nginx", true),
            ("base/*", "library/base/nginx", true),
            ("nginx", "library/nginx-old", false),
            ("ngin?", "library/nginx", true),
            ("{nginx,redis}", "library/redis", true),
            ("Nginx", "library/nginx", false),
        ] {
            let name: RepositoryName = name.parse().unwrap();
            assert_eq!(globs(&[pattern], &[]).allow_repository(&name), is_match, "{pattern} {name}");
            assert_eq!(globs(&[], &[pattern]).allow_repository(&name), !is_match, "{pattern} {name}");
        }
        assert!(!globs(&["library/**"], &["**/test-*"]).allow_repository(&"library/a/test-b".parse().unwrap()));
    }

    #[test]
    fn one_wanted_tag_is_enough() {
        let mut artifact = Artifact::new("p/r".parse().unwrap(), format!("sha256:{:064}", 1).parse().unwrap());
        let allows = |globs: &Globs, artifact: &Artifact| globs.allow_tags_of(artifact);
        assert!(allows(&globs(&[], &["*-dev"]), &artifact) && !allows(&globs(&["*"], &[]), &artifact));
        artifact.tags = vec![ArtifactTag::new("1.0-dev")];
        assert!(!allows(&globs(&[], &["*-dev"]), &artifact) && allows(&globs(&["1.*"], &[]), &artifact));
        artifact.tags.push(ArtifactTag::new("1.0"));
        assert!(allows(&globs(&[], &["*-dev"]), &artifact));
        assert!(!allows(&globs(&["*-dev"], &["1.*"]), &artifact));
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        for pattern in ["", "a[", "{a", "a{b"] {
            assert!(Globs::default().include(pattern).is_err(), "{pattern}");
        }
    }
}
