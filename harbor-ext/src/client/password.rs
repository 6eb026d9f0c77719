//! Whether a caller is a local user, whose password costs the server more than anything that is asked.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use harbor_api::types::{GeneralInfo, UserResp};

use crate::outcome::Advice;

/// So many requests make a crawl that is worth a word: with a local user they cost the server 20 s of processor time.
const MANY_REQUESTS: u64 = 200;

/// The first version that hashes a password 600,000 times.
const FIRST_COSTLY: [u32; 3] = [2, 15, 2];

/// What is known of a caller who sends a password with every request.
#[derive(Debug, Default)]
pub(super) struct Password {
    /// The server hashes passwords as costly as the newest ones do.
    is_costly_version: AtomicBool,
    /// Every user is a local one.
    is_for_locals: AtomicBool,
    requests: AtomicU64,
    is_costly: AtomicBool,
}

impl Password {
    /// Notes what the server says of itself.
    pub(super) fn note(&self, server: &GeneralInfo) {
        let is_costly = server.harbor_version.as_deref().is_some_and(is_costly);
        self.is_costly_version.store(is_costly, Ordering::Relaxed);
        self.is_for_locals.store(server.auth_mode.as_deref() == Some("db_auth"), Ordering::Relaxed);
    }

    /// Counts a request, and says whether it is time to find out who the caller is: once, and only where it matters.
    pub(super) fn is_to_be_judged(&self) -> bool {
        let requests = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        requests == MANY_REQUESTS && self.is_costly_version.load(Ordering::Relaxed)
    }

    /// Takes the user who the caller is, `None` for robots: their prefix can be configured, so that a name says nothing.
    pub(super) fn judge(&self, user: Option<UserResp>) {
        let Some(user) = user else { return };
        // The first administrator is a local user wherever the others come from.
        if self.is_for_locals.load(Ordering::Relaxed) || user.user_id == Some(1) {
            self.is_costly.store(true, Ordering::Relaxed);
            tracing::warn!("{}", Advice::UseRobot);
        }
    }

    pub(super) fn advice(&self, requests: u64) -> Option<Advice> {
        (requests >= MANY_REQUESTS && self.is_costly.load(Ordering::Relaxed)).then_some(Advice::UseRobot)
    }
}

/// Whether a version as `v2.15.2-8c1a2b3d` hashes that often.
fn is_costly(version: &str) -> bool {
    let numbers = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    let mut numbers = numbers.split('.').map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok);
    [next(), next(), next()].map(Option::unwrap_or_default) >= FIRST_COSTLY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_before_the_change_are_cheap() {
        for (version, wanted) in [
            ("v2.15.2-8c1a2b3d", true),
            ("v2.15.10", true),
            ("v2.16.0-build.1", true),
            ("v3.0", true),
            ("v2.15.1-8c1a2b3d", false),
            ("v2.9.9", false),
            ("dev", false),
            ("", false),
        ] {
            assert_eq!(is_costly(version), wanted, "{version}");
        }
    }

    #[test]
    fn only_local_users_are_told_and_only_once() {
        let judged = |mode: &str, version: &str, user: Option<i64>| {
            let password = Password::default();
            let server = serde_json::json!({"auth_mode": mode, "harbor_version": version});
            password.note(&serde_json::from_value(server).unwrap());
            let times = (0..1_000).filter(|_| password.is_to_be_judged()).count();
            if times > 0 {
                let user = user.map(|id| serde_json::from_value(serde_json::json!({"user_id": id})).unwrap());
                password.judge(user);
            }
            assert_eq!(password.advice(MANY_REQUESTS - 1), None);
            (times, password.advice(MANY_REQUESTS).is_some())
        };
        assert_eq!(judged("db_auth", "v2.15.2", Some(7)), (1, true));
        assert_eq!(judged("db_auth", "v2.15.1", Some(7)), (0, false));
        assert_eq!(judged("db_auth", "v2.15.2", None), (1, false));
        assert_eq!(judged("oidc_auth", "v2.15.2", Some(7)), (1, false));
        assert_eq!(judged("ldap_auth", "v2.15.2", Some(1)), (1, true));
    }
}
