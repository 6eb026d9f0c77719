//! What a permission is about, and who has which without being granted it.

use super::Role;

/// Actions that most resources have.
const ALL: &[&str] = &["read", "create", "delete", "list", "update"];

/// What a robot can be granted for the whole system, by resource.
pub(crate) const SYSTEM: [(&str, &[&str]); 22] = [
    ("audit-log", &["list"]),
    ("preheat-instance", ALL),
    ("project", &["list", "create"]),
    ("replication-policy", ALL),
    ("replication", &["read", "create", "list"]),
    ("replication-adapter", &["list"]),
    ("registry", ALL),
    ("scan-all", &["read", "update", "stop", "create"]),
    ("system-volumes", &["read"]),
    ("garbage-collection", &["read", "create", "list", "update", "stop"]),
    ("purge-audit", &["read", "create", "list", "update", "stop"]),
    ("jobservice-monitor", &["list", "stop"]),
    ("scanner", ALL),
    ("label", &["read", "create", "delete", "update"]),
    ("export-cve", &["read", "create"]),
    ("security-hub", &["read", "list"]),
    ("catalog", &["read"]),
    ("robot", &["create", "read", "list", "delete"]),
    ("user", ALL),
    ("user-group", ALL),
    ("ldap-user", &["create", "list"]),
    ("quota", &["read", "list", "update"]),
];

/// What a robot can be granted in a project, by resource.
pub(crate) const PROJECT: [(&str, &[&str]); 22] = [
    ("log", &["list"]),
    ("project", &["read", "delete", "update"]),
    ("metadata", ALL),
    ("repository", &["read", "update", "delete", "list", "pull", "push"]),
    ("artifact", &["read", "create", "list", "delete"]),
    ("scan", &["create", "read", "stop"]),
    ("sbom", &["create", "stop", "read"]),
    ("tag", &["create", "list", "delete"]),
    ("accessory", &["list"]),
    ("artifact-addition", &["read"]),
    ("artifact-label", &["create", "delete"]),
    ("scanner", &["create", "read"]),
    ("preheat-policy", ALL),
    ("immutable-tag", &["create", "delete", "list", "update"]),
    ("notification-policy", ALL),
    ("tag-retention", ALL),
    ("label", ALL),
    ("robot", &["create", "read", "list", "delete"]),
    ("member", ALL),
    ("configuration", &["read", "update"]),
    ("export-cve", &["read", "create"]),
    ("quota", &["read"]),
];

/// What everyone may do in a public project.
const PUBLIC: [&str; 14] = [
    "project:read",
    "label:read",
    "label:list",
    "repository:list",
    "repository:pull",
    "configuration:read",
    "scan:read",
    "sbom:read",
    "scanner:read",
    "tag:list",
    "accessory:list",
    "artifact:read",
    "artifact:list",
    "artifact-addition:read",
];

/// What the roles may do: each role all that those before it may, and its own. Administrators of a project may do
/// everything; what only they may do is last.
const ROLES: [(Role, &[&str]); 5] = [
    (
        Role::LimitedGuest,
        &[
            "project:read",
            "quota:read",
            "repository:list",
            "repository:pull",
            "configuration:read",
            "scan:read",
            "sbom:read",
            "scanner:read",
            "tag:list",
            "accessory:list",
            "artifact:read",
            "artifact:list",
            "artifact-addition:read",
        ],
    ),
    (
        Role::Guest,
        &[
            "member:read",
            "member:list",
            "log:list",
            "label:read",
            "label:list",
            "repository:read",
            "robot:read",
            "robot:list",
        ],
    ),
    (
        Role::Developer,
        &[
            "repository:create",
            "repository:update",
            "repository:push",
            "tag-retention:create",
            "tag-retention:read",
            "tag-retention:update",
            "tag-retention:delete",
            "tag-retention:list",
            "tag-retention:operate",
            "artifact:create",
            "tag:create",
            "artifact-label:create",
            "artifact-label:delete",
            "export-cve:create",
            "export-cve:read",
            "export-cve:list",
        ],
    ),
    (
        Role::Maintainer,
        &[
            "metadata:create",
            "metadata:read",
            "metadata:update",
            "metadata:delete",
            "label:create",
            "label:update",
            "label:delete",
            "repository:delete",
            "immutable-tag:create",
            "immutable-tag:update",
            "immutable-tag:delete",
            "immutable-tag:list",
            "notification-policy:list",
            "scan:create",
            "scan:stop",
            "sbom:create",
            "sbom:stop",
            "artifact:delete",
            "tag:delete",
        ],
    ),
    (
        Role::ProjectAdmin,
        &[
            "project:update",
            "project:delete",
            "member:create",
            "member:update",
            "member:delete",
            "configuration:update",
            "robot:create",
            "robot:update",
            "robot:delete",
            "notification-policy:create",
            "notification-policy:update",
            "notification-policy:delete",
            "notification-policy:read",
            "scanner:create",
            "preheat-policy:create",
            "preheat-policy:read",
            "preheat-policy:update",
            "preheat-policy:delete",
            "preheat-policy:list",
        ],
    ),
];

impl Role {
    /// The name that Harbor has for the role.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ProjectAdmin => "projectAdmin",
            Self::Developer => "developer",
            Self::Guest => "guest",
            Self::Maintainer => "maintainer",
            Self::LimitedGuest => "limitedGuest",
        }
    }

    /// Whether members of the role may do something in their project.
    pub(crate) fn permits(self, permission: &str) -> bool {
        let last = ROLES.iter().position(|(role, _)| *role == self).unwrap_or_default();
        ROLES[..=last].iter().any(|(_, permissions)| permissions.contains(&permission))
    }
}

/// Whether everyone may do something in a public project.
pub(crate) fn is_public(permission: &str) -> bool {
    PUBLIC.contains(&permission)
}

/// Everything that someone may be allowed to do in a project.
pub(crate) fn in_projects() -> impl Iterator<Item = &'static str> {
    ROLES.iter().flat_map(|(_, permissions)| *permissions).copied()
}

/// Whether a table has a permission.
pub(crate) fn has(table: &[(&str, &[&str])], permission: &str) -> bool {
    let (resource, action) = permission.split_once(':').unwrap_or((permission, ""));
    table.iter().any(|(known, actions)| *known == resource && actions.contains(&action))
}

#[cfg(test)]
mod tests {
    use super::{PUBLIC, in_projects};
    use crate::registry::Role;

    #[test]
    fn each_role_may_do_what_the_weaker_may() {
        let roles = [Role::LimitedGuest, Role::Guest, Role::Developer, Role::Maintainer, Role::ProjectAdmin];
        for pair in roles.windows(2) {
            let more = in_projects().filter(|permission| pair[1].permits(permission) && !pair[0].permits(permission));
            assert!(more.count() > 0, "{pair:?}");
            assert!(in_projects().all(|permission| pair[1].permits(permission) || !pair[0].permits(permission)));
        }
        for role in roles {
            assert!(role.permits("artifact-addition:read"), "{role:?}");
        }
        assert!(!Role::LimitedGuest.permits("member:list") && !Role::LimitedGuest.permits("repository:read"));
        assert!(Role::Guest.permits("member:list") && !Role::Guest.permits("export-cve:create"));
        assert!(PUBLIC.iter().all(|permission| in_projects().any(|known| known == *permission)));
    }
}
