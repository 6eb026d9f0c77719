//! What a query narrows: drawn, asked for, and applied to an artifact that the registry holds.

use super::*;

impl Narrowing {
    pub(super) fn draw(random: &mut Random, times: &BTreeMap<i64, DateTime<Utc>>) -> Self {
        let times: Vec<DateTime<Utc>> = times.values().copied().collect();
        let mut drawn = Self::default();
        if random.is_one_of(3) {
            drawn.projects = Some(random.some(&["open", "team", "closed", "ghost"]));
        }
        if random.is_one_of(3) {
            let names =
                ["web", "base/web", "team/web", "closed/web", "open/web", "team/base/web", "closed/db", "no", "no/db"];
            drawn.repositories = Some(random.some(&names).into_iter().map(str::to_owned).collect());
        } else if random.is_one_of(6) {
            let names = ["open/web", "team/base/web", "closed/db", "open/no"];
            drawn.exact = Some(random.some(&names).into_iter().map(str::to_owned).collect());
        }
        if random.is_one_of(4) {
            drawn.include = random.some(&["open/**", "web", "*/web", "team/*", "**/db"]);
        }
        if random.is_one_of(4) {
            drawn.exclude = random.some(&["open/web", "base/*", "team/**", "db"]);
        }
        match random.below(8) {
            0 | 1 => drawn.tag = Some(*random.pick(&["latest", "1.0", "no-such", "child-0"])),
            2 => drawn.is_tagged = Some(true),
            3 => drawn.is_tagged = Some(false),
            _ => {}
        }
        if random.is_one_of(5) {
            drawn.include_tags = random.some(&["1.*", "*-dev", "latest"]);
        }
        if random.is_one_of(5) {
            drawn.exclude_tags = random.some(&["*-dev", "2.*", "nightly"]);
        }
        if random.is_one_of(4) {
            drawn.labels = random.some(&["global", "both", "own", "unused", "no-label"]);
        }
        if random.is_one_of(5) {
            drawn.kind = Some(*random.pick(&["IMAGE", "CHART"]));
        }
        if random.is_one_of(6) && !times.is_empty() {
            drawn.after = Some(*random.pick(&times));
        } else if random.is_one_of(6) && !times.is_empty() {
            drawn.before = Some(*random.pick(&times)).filter(|time| Some(time) != times.first());
        }
        drawn.latest = random.is_one_of(5);
        drawn.children = random.is_one_of(4);
        drawn
    }

    pub(super) fn apply<T: HasTags>(&self, mut query: Query<T>) -> Query<T> {
        if let Some(projects) = &self.projects {
            query = query.projects(projects);
        }
        if let Some(names) = &self.repositories {
            query = query.repositories(names);
        }
        if let Some(names) = &self.exact {
            let names: Vec<RepositoryName> = names.iter().map(|name| name.parse().unwrap()).collect();
            query = query.in_repositories(names);
        }
        if !self.include.is_empty() {
            query = query.include_repositories(&self.include);
        }
        query = query.exclude_repositories(&self.exclude);
        if let Some(tag) = self.tag {
            query = query.tag(tag);
        }
        if let Some(is_tagged) = self.is_tagged {
            query = query.condition(if is_tagged { Condition::tagged() } else { Condition::untagged() });
        }
        if !self.include_tags.is_empty() {
            query = query.include_tags(&self.include_tags);
        }
        query = query.exclude_tags(&self.exclude_tags);
        if !self.labels.is_empty() {
            query = query.labels(&self.labels);
        }
        if let Some(kind) = self.kind {
            query = query.kind(kind);
        }
        if let Some(time) = self.after {
            query = query.pushed_after(time);
        }
        if let Some(time) = self.before {
            query = query.pushed_before(time);
        }
        query = if self.latest { query.latest_per_repository() } else { query };
        if self.children { query.with_children() } else { query }
    }

    /// Whether an artifact is one that the filters are about, wherever it is.
    pub(super) fn takes(&self, held: &Held, times: &BTreeMap<i64, DateTime<Utc>>) -> bool {
        self.labels.iter().all(|label| held.labels.contains(label)) && self.takes_but_for_labels(held, times)
    }

    pub(super) fn takes_but_for_labels(&self, held: &Held, times: &BTreeMap<i64, DateTime<Utc>>) -> bool {
        let is_any = |patterns: &[&str], name: &str| patterns.iter().any(|pattern| fits(pattern, name));
        let is_tag_wanted = |tag: &String| {
            (self.include_tags.is_empty() || is_any(&self.include_tags, tag)) && !is_any(&self.exclude_tags, tag)
        };
        held.is_listed
            && self.allows_repository(&held.project, &held.path)
            && self.tag.is_none_or(|tag| held.tags.contains(tag))
            && self.is_tagged.is_none_or(|is_tagged| is_tagged != held.tags.is_empty())
            && match held.tags.is_empty() {
                true => self.include_tags.is_empty(),
                false => held.tags.iter().any(is_tag_wanted),
            }
            && self.kind.is_none_or(|kind| kind == held.kind)
            && self.after.is_none_or(|after| times[&held.id] >= after)
            && self.before.is_none_or(|before| times[&held.id] < before)
    }

    pub(super) fn allows_repository(&self, project: &str, path: &str) -> bool {
        let full = format!("{project}/{path}");
        let is_any = |patterns: &[&str]| patterns.iter().any(|pattern| fits(pattern, &full) || fits(pattern, path));
        (self.include.is_empty() || is_any(&self.include)) && !is_any(&self.exclude)
    }
}

/// Whether a pattern fits a name: segment by segment, `**` being any number of them.
fn fits(pattern: &str, name: &str) -> bool {
    fn segment(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|skipped| segment(rest, &text[skipped..])),
            [first, rest @ ..] => text.first() == Some(first) && segment(rest, &text[1..]),
        }
    }
    fn segments(pattern: &[&str], name: &[&str]) -> bool {
        match pattern {
            [] => name.is_empty(),
            ["**", rest @ ..] => (0..=name.len()).any(|skipped| segments(rest, &name[skipped..])),
            [first, rest @ ..] => {
                name.first().is_some_and(|text| segment(first.as_bytes(), text.as_bytes()))
                    && segments(rest, &name[1..])
            }
        }
    }
    segments(&pattern.split('/').collect::<Vec<_>>(), &name.split('/').collect::<Vec<_>>())
}
