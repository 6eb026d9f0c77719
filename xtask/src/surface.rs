//! What callers of the generated client see, in a form that a person can review.
//!
//! An entry is an operation or a type, its members are the answer and the parameters, or the fields
//! and variants. Entries and members are sorted, one a line.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map},
    fmt,
};

use syn::{Attribute, Expr, FnArg, GenericArgument, ImplItem, Item, Lit, Meta, PathArguments, ReturnType, Type};

use crate::error::Error;

/// The operations and types of a client.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Surface {
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// One operation or type.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Entry {
    /// Method and path of an operation; empty for a type.
    pub(crate) detail: String,
    pub(crate) members: BTreeMap<String, String>,
}

/// The name under which an operation lists what it answers.
const ANSWER: &str = "->";

impl Surface {
    /// Reads the generated client.
    ///
    /// Fails where two things of one scope have the same name, which the compiler would refuse.
    pub(crate) fn of(client: &str) -> Result<Self, Error> {
        let file =
            syn::parse_file(client).map_err(|error| Error::new(format!("the generated code is not Rust: {error}")))?;
        let mut surface = Self::default();
        let builders = module(&file.items, "builder");
        for item in &file.items {
            if let Item::Impl(block) = item
                && block.trait_.is_none()
                && type_name(&block.self_ty) == "Client"
            {
                for function in &block.items {
                    if let ImplItem::Fn(function) = function {
                        surface.add_operation(function, builders)?;
                    }
                }
            }
        }
        for item in module(&file.items, "types") {
            surface.add_type(item)?;
        }
        surface.check_types()?;
        Ok(surface)
    }

    /// Reads the text that `Display` writes. Lines that it would not write are passed over.
    pub(crate) fn parse(text: &str) -> Self {
        let mut surface = Self::default();
        let mut current: Option<&mut Entry> = None;
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            match line.strip_prefix("    ") {
                Some(member) => {
                    let answer = member.strip_prefix("-> ").map(|answer| (ANSWER, answer));
                    let (name, value) = answer.or_else(|| member.split_once(": ")).unwrap_or((member, ""));
                    if let Some(entry) = current.as_mut() {
                        entry.members.insert(name.to_owned(), value.to_owned());
                    }
                }
                None => {
                    let (name, detail) = line.split_once(": ").unwrap_or((line, ""));
                    let entry = surface.entries.entry(name.to_owned()).or_default();
                    detail.clone_into(&mut entry.detail);
                    current = Some(entry);
                }
            }
        }
        surface
    }

    /// Structs and enums share one scope.
    fn check_types(&self) -> Result<(), Error> {
        let mut names = BTreeSet::new();
        for name in
            self.entries.keys().filter_map(|entry| entry.strip_prefix("struct ").or(entry.strip_prefix("enum ")))
        {
            if !names.insert(name) {
                return Err(Error::new(format!("the generated client has two types `{name}`")));
            }
        }
        Ok(())
    }

    fn entry(&mut self, kind: &str, name: &str) -> Result<&mut Entry, Error> {
        match self.entries.entry(format!("{kind} {name}")) {
            btree_map::Entry::Vacant(vacant) => Ok(vacant.insert(Entry::default())),
            btree_map::Entry::Occupied(_) => {
                Err(Error::new(format!("the generated client has two of `{kind} {name}`")))
            }
        }
    }

    fn add_operation(&mut self, function: &syn::ImplItemFn, builders: &[Item]) -> Result<(), Error> {
        // The client has functions of its own besides; only an operation says what it sends.
        let Some(request) = request_line(&function.attrs) else {
            return Ok(());
        };
        let ReturnType::Type(_, builder) = &function.sig.output else {
            return Ok(());
        };
        let builder = type_name(builder);
        let name = function.sig.ident.to_string();
        let entry = self.entry("fn", &name)?;
        entry.detail = request;
        for item in builders {
            match item {
                Item::Struct(item) if item.ident == builder => {
                    let fields = item.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, &field.ty)));
                    for (field, kind) in fields.filter(|(field, _)| *field != "client") {
                        entry.add(&name, &field.to_string(), first_argument(kind))?;
                    }
                }
                Item::Impl(block) if block.trait_.is_none() && type_name(&block.self_ty) == builder => {
                    for function in &block.items {
                        if let ImplItem::Fn(function) = function
                            && function.sig.ident == "send"
                            && matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)))
                            && let ReturnType::Type(_, answer) = &function.sig.output
                        {
                            entry.add(&name, ANSWER, answer_name(answer))?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add_type(&mut self, item: &Item) -> Result<(), Error> {
        match item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                let entry = self.entry("struct", &name)?;
                for (index, field) in item.fields.iter().enumerate() {
                    let field_name = field.ident.as_ref().map(ToString::to_string);
                    let field_name = field_name.unwrap_or_else(|| index.to_string());
                    let value = on_the_wire(type_name(&field.ty), &field.attrs);
                    entry.add(&name, &field_name, value)?;
                }
            }
            Item::Enum(item) => {
                let name = item.ident.to_string();
                let entry = self.entry("enum", &name)?;
                for variant in &item.variants {
                    let content: Vec<String> = variant.fields.iter().map(|field| type_name(&field.ty)).collect();
                    let value = on_the_wire(content.join(", "), &variant.attrs);
                    entry.add(&name, &variant.ident.to_string(), value)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Entry {
    fn add(&mut self, owner: &str, name: &str, value: String) -> Result<(), Error> {
        match self.members.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(Error::new(format!("the generated `{owner}` has two members `{name}`"))),
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "# What callers of harbor-api see. Written by `cargo xtask regen`; do not edit.")?;
        for (name, entry) in &self.entries {
            writeln!(formatter)?;
            writeln!(formatter, "{}", named(name, &entry.detail))?;
            for (member, value) in &entry.members {
                writeln!(formatter, "    {}", named(member, value))?;
            }
        }
        Ok(())
    }
}

/// A name with what is said about it.
pub(crate) fn named(name: &str, detail: &str) -> String {
    match (name, detail) {
        (_, "") => name.to_owned(),
        (ANSWER, _) => format!("{name} {detail}"),
        _ => format!("{name}: {detail}"),
    }
}

fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    found.map_or(&[], |(_, items)| items)
}

/// Method and path, which the generator writes into the documentation of an operation.
fn request_line(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return None;
        };
        let Expr::Lit(expression) = &meta.value else {
            return None;
        };
        let Lit::Str(text) = &expression.lit else {
            return None;
        };
        let text = text.value();
        let line = text.lines().find_map(|line| line.trim().strip_prefix("Sends a `"))?;
        let (method, rest) = line.split_once("` request to `")?;
        Some(format!("{method} {}", rest.strip_suffix('`')?))
    })
}

/// Adds the name on the wire where it is not that in Rust.
fn on_the_wire(kind: String, attributes: &[Attribute]) -> String {
    let mut serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let renamed = serde.find_map(|attribute| {
        let tokens = attribute.meta.require_list().ok()?.tokens.to_string();
        let (_, rest) = tokens.split_once("rename = \"")?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    match renamed {
        Some(name) => format!("{kind} as \"{name}\"").trim_start().to_owned(),
        None => kind,
    }
}

/// The success of `Result<ResponseValue<T>, Error<E>>`.
fn answer_name(kind: &Type) -> String {
    arguments(kind).first().map_or_else(|| type_name(kind), |response| first_argument(response))
}

fn first_argument(kind: &Type) -> String {
    type_name(arguments(kind).first().copied().unwrap_or(kind))
}

fn arguments(kind: &Type) -> Vec<&Type> {
    let Type::Path(path) = kind else {
        return Vec::new();
    };
    let Some(PathArguments::AngleBracketed(arguments)) = path.path.segments.last().map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.collect()
}

/// A type without the modules that lead to it.
fn type_name(kind: &Type) -> String {
    match kind {
        Type::Path(path) => {
            let name = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            let arguments: Vec<String> = arguments(kind).into_iter().map(type_name).collect();
            if arguments.is_empty() { name } else { format!("{name}<{}>", arguments.join(", ")) }
        }
        Type::Tuple(tuple) => {
            let elements: Vec<String> = tuple.elems.iter().map(type_name).collect();
            format!("({})", elements.join(", "))
        }
        Type::Array(array) => format!("[{}; _]", type_name(&array.elem)),
        Type::Reference(reference) => type_name(&reference.elem),
        _ => "_".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outline of what the generator writes.
    const CLIENT: &str = r#"
        pub mod types {
            pub struct Box { pub id: ::std::option::Option<i64>, #[serde(rename = "type")] pub type_: ::std::string::String }
            pub enum Kind { #[serde(rename = "a b")] AB, Other(::std::vec::Vec<super::types::Box>) }
            pub mod builder { pub struct Box { id: Result<i64, String> } }
        }
        pub struct Client;
        impl Client {
            #[doc = "Ours.\n\nSends a `GET` request to `/boxes/{id}`\n"]
            pub fn get_box(&self) -> builder::GetBox<'_> { builder::GetBox::new(self) }
            pub fn with_something(&self) -> u8 { 0 }
        }
        pub mod builder {
            pub struct GetBox<'a> { client: &'a super::Client, id: Result<i64, String>, page: Result<Option<i64>, String> }
            impl<'a> GetBox<'a> {
                pub fn new(client: &'a super::Client) -> Self { panic!() }
                pub async fn send(self) -> Result<ResponseValue<::std::collections::HashMap<::std::string::String, types::Box>>, Error<types::Errors>> { panic!() }
            }
        }
    "#;

    #[test]
    fn operations_and_types_are_listed_one_member_a_line() {
        let surface = Surface::of(CLIENT).unwrap();
        let expected = "\
            \nenum Kind\n    AB: as \"a b\"\n    Other: Vec<Box>\n\
            \nfn get_box: GET /boxes/{id}\n    -> HashMap<String, Box>\n    id: i64\n    page: Option<i64>\n\
            \nstruct Box\n    id: Option<i64>\n    type_: String as \"type\"\n";
        assert_eq!(surface.to_string().split_once('\n').unwrap().1, expected);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let surface = Surface::of(CLIENT).unwrap();
        assert_eq!(Surface::parse(&surface.to_string()), surface);
        assert_eq!(Surface::parse(""), Surface::default());
    }

    #[test]
    fn two_fields_of_one_name_are_an_error() {
        let twice = CLIENT.replace("pub id: ", "pub type_: u8, pub id: ");
        let error = Surface::of(&twice).unwrap_err().to_string();
        assert_eq!(error, "the generated `Box` has two members `type_`");
    }
}
