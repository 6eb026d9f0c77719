//! Corrections that hold for any place of any release.

use serde_json::Value;

use super::{answers, naming, schemas};

/// A correction of everything that has a certain form.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// Corrects the description and says in how many places.
    pub(super) apply: fn(&mut Value) -> usize,
}

/// Rules that come before the corrections of single places.
pub(super) const FIRST: &[Rule] = &[
    // The generator wants one kind of success. Harbor answers other codes of 2xx than declared (a
    // started retention run is 201 where 200 is declared first), and a range takes them all.
    Rule { name: "one-success", apply: answers::one_success },
    // Any operation can fail with any status: 422 is declared on 10 of 203 operations and comes
    // from all, and every body that Harbor itself writes is `Errors` (src/lib/http/error.go).
    Rule { name: "one-error", apply: answers::one_error },
];

/// Rules that come after them, because those bring schemas of their own.
pub(super) const LAST: &[Rule] = &[
    // Go marks the elements of `ExtraAttrs`, of the parameters of rules and of schedules as any
    // value; a running Harbor puts strings, numbers and lists there.
    Rule { name: "maps-of-any-value", apply: schemas::maps_of_any_value },
    // Go leaves out what is zero, false or empty; `ProjectDeletable.deletable` is missing exactly
    // when it is false. This comes before the lists, because what is required is not null.
    Rule { name: "nothing-required-in-answers", apply: schemas::nothing_required_in_answers },
    // A list or map that is nil in Go is `null` in JSON: `"labels":null` for an artifact without.
    Rule { name: "null-lists-and-maps", apply: schemas::null_lists_and_maps },
    // Histories of garbage collection answer schedule types outside of the declared list, and a
    // later Harbor adds words: an unknown one must not make a whole page unreadable.
    Rule { name: "open-words-in-answers", apply: schemas::open_words_in_answers },
    // The generator makes a variant of each word, and two words must not become one name.
    Rule { name: "words-with-distinct-names", apply: schemas::words_with_distinct_names },
    // Harbor checks what it gets. A client that checks as well refuses answers of a later Harbor,
    // and `minLength` of `X-Request-Id` alone costs one type per operation.
    Rule { name: "no-validation", apply: schemas::no_validation },
    // The same number is int32 here, int64 there, and most have no format: ids and sizes are
    // 64 bits wide in Harbor. A float of 32 bits turns the score 9.8 into 9.800000190734863.
    Rule { name: "wide-numbers", apply: schemas::wide_numbers },
    // Formats that do not belong to their type, and those for which the generated code would need
    // further crates; Harbor sends unset addresses as empty strings, which are no addresses.
    Rule { name: "only-known-formats", apply: schemas::only_known_formats },
    // Lists in one parameter are separated by commas (the default of Swagger 2.0), which the
    // generator cannot write: it repeats the parameter, of which Harbor reads one.
    Rule { name: "lists-in-parameters", apply: schemas::lists_in_parameters },
    // The generator does not notice when it gives one name to two types.
    Rule { name: "named-types", apply: naming::name_types },
];
