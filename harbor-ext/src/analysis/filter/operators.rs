//! The operators that both kinds of filters have.

/// Gives a filter, made of an expression in an `Arc`, its operators.
macro_rules! operators {
    ($filter:ident) => {
        impl $filter {
            /// What all of these filters say yes to.
            ///
            /// With no filters at all that is everything, as the opposite of [`any`](Self::any) of nothing: filters that
            /// a program puts together out of what its user has asked for leave everything in where nothing was asked.
            #[must_use]
            pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
                Self::new(Expression::All(filters.into_iter().map(Self::into_expression).collect()))
            }

            /// What at least one of these filters says yes to; with no filters at all, nothing.
            #[must_use]
            pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
                Self::new(Expression::Any(filters.into_iter().map(Self::into_expression).collect()))
            }
        }

        /// Both.
        impl std::ops::BitAnd for $filter {
            type Output = Self;

            fn bitand(self, other: Self) -> Self {
                Self::new(self.into_expression().and(other.into_expression()))
            }
        }

        /// At least one of the two.
        impl std::ops::BitOr for $filter {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self::new(self.into_expression().or(other.into_expression()))
            }
        }

        /// The opposite. What is unknown stays unknown.
        impl std::ops::Not for $filter {
            type Output = Self;

            fn not(self) -> Self {
                Self::new(self.into_expression().negated())
            }
        }

        /// The filter in words, for people to read.
        impl std::fmt::Display for $filter {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.expression.fmt(formatter)
            }
        }
    };
}

pub(super) use operators;
