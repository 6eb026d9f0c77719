//! The roles that a user can have in a project.

use std::str::FromStr;

use thiserror::Error;

/// What a member of a project may do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// May do everything, number 1.
    ProjectAdmin,
    /// May push, number 2.
    Developer,
    /// May pull, number 3.
    Guest,
    /// May do almost everything, number 4.
    Maintainer,
    /// May pull, but not see the other members, number 5.
    LimitedGuest,
}

/// A text that is neither the name nor the number of a role.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "there is no role {0:?}; there are projectAdmin (1), developer (2), guest (3), maintainer (4) and limitedGuest (5)"
)]
pub struct UnknownRole(String);

impl Role {
    /// The number that Harbor has for the role.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::ProjectAdmin => 1,
            Self::Developer => 2,
            Self::Guest => 3,
            Self::Maintainer => 4,
            Self::LimitedGuest => 5,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    /// Reads a name, in any case and with or without dashes, or a number.
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        match text.to_lowercase().replace('-', "").as_str() {
            "projectadmin" | "1" => Ok(Self::ProjectAdmin),
            "developer" | "2" => Ok(Self::Developer),
            "guest" | "3" => Ok(Self::Guest),
            "maintainer" | "4" => Ok(Self::Maintainer),
            "limitedguest" | "5" => Ok(Self::LimitedGuest),
            _ => Err(UnknownRole(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn names_and_numbers() {
        let cases = [
            ("projectAdmin", Role::ProjectAdmin),
            ("PROJECT-ADMIN", Role::ProjectAdmin),
            ("developer", Role::Developer),
            ("Guest", Role::Guest),
            ("maintainer", Role::Maintainer),
            ("limited-guest", Role::LimitedGuest),
        ];
        for (text, role) in cases {
            assert_eq!(text.parse(), Ok(role), "{text}");
            assert_eq!(role.number().to_string().parse(), Ok(role), "{text}");
        }
        for text in ["", "0", "6", "owner"] {
            let error = text.parse::<Role>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("there is no role {text:?}; there are projectAdmin (1)")), "{error}");
        }
    }
}
