//! What callers of the generated client see, in a form that a person can review.
//!
//! An entry is an operation or a type, its members are the answer and the parameters, or the fields
//! and variants. Entries and members are sorted, one a line.

use std::{
    collections::{BTreeMap, btree_map},
    fmt,
};

use syn::{
    Attribute, Expr, Fields, FnArg, GenericArgument, ImplItem, Item, Lit, Meta, PathArguments,
    ReturnType, Type,
};

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
        let file = syn::parse_file(client)
            .map_err(|error| Error::new(format!("the generated code is not Rust: {error}")))?;
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
        Ok(surface)
    }

    /// Reads the text that `Display` writes. Lines that it would not write are passed over.
    pub(crate) fn parse(text: &str) -> Self {
        let mut surface = Self::default();
        let mut current: Option<&mut Entry> = None;
        for line in text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        {
            match line.strip_prefix("    ") {
                Some(member) => {
                    let answer = member.strip_prefix("-> ").map(|answer| (ANSWER, answer));
                    let (name, value) = answer
                        .or_else(|| member.split_once(": "))
                        .unwrap_or((member, ""));
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

    fn entry(&mut self, kind: &str, name: &str) -> Result<&mut Entry, Error> {
        match self.entries.entry(format!("{kind} {name}")) {
            btree_map::Entry::Vacant(vacant) => Ok(vacant.insert(Entry::default())),
            btree_map::Entry::Occupied(_) => Err(Error::new(format!(
                "the generated client has two of `{kind} {name}`"
            ))),
        }
    }

    fn add_operation(
        &mut self,
        function: &syn::ImplItemFn,
        builders: &[Item],
    ) -> Result<(), Error> {
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
                    let fields = item
                        .fields
                        .iter()
                        .filter_map(|field| Some((field.ident.as_ref()?, &field.ty)));
                    for (field, kind) in fields.filter(|(field, _)| *field != "client") {
                        entry.add(&name, &field.to_string(), first_argument(kind))?;
                    }
                }
                Item::Impl(block)
                    if block.trait_.is_none() && type_name(&block.self_ty) == builder =>
                {
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
                    let field_name = field
                        .ident
                        .as_ref()
                        .map_or_else(|| index.to_string(), ToString::to_string);
                    entry.add(
                        &name,
                        &wire_name(&field_name, &field.attrs),
                        type_name(&field.ty),
                    )?;
                }
            }
            Item::Enum(item) => {
                let name = item.ident.to_string();
                let entry = self.entry("enum", &name)?;
                for variant in &item.variants {
                    let content = match &variant.fields {
                        Fields::Unit => String::new(),
                        fields => fields
                            .iter()
                            .map(|field| type_name(&field.ty))
                            .collect::<Vec<_>>()
                            .join(", "),
                    };
                    entry.add(
                        &name,
                        &wire_name(&variant.ident.to_string(), &variant.attrs),
                        content,
                    )?;
                }
            }
            Item::Type(item) => {
                let name = item.ident.to_string();
                self.entry("type", &name)?
                    .add(&name, "0", type_name(&item.ty))?;
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
            Some(_) => Err(Error::new(format!(
                "the generated `{owner}` has two members `{name}`"
            ))),
        }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "# What callers of harbor-api see. Written by `cargo xtask regen`; do not edit."
        )?;
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
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("Sends a `"))?;
        let (method, rest) = line.split_once("` request to `")?;
        Some(format!("{method} {}", rest.strip_suffix('`')?))
    })
}

/// The Rust name, and the name on the wire where it is another.
fn wire_name(name: &str, attributes: &[Attribute]) -> String {
    let renamed = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .find_map(|attribute| {
            let tokens = attribute.meta.require_list().ok()?.tokens.to_string();
            let (_, rest) = tokens.split_once("rename = \"")?;
            Some(rest.split_once('"')?.0.to_owned())
        });
    renamed.map_or_else(
        || name.to_owned(),
        |renamed| format!("{name} \"{renamed}\""),
    )
}

/// The success of `Result<ResponseValue<T>, Error<E>>`.
fn answer_name(kind: &Type) -> String {
    arguments(kind)
        .first()
        .map_or_else(|| type_name(kind), |response| first_argument(response))
}

fn first_argument(kind: &Type) -> String {
    type_name(arguments(kind).first().copied().unwrap_or(kind))
}

fn arguments(kind: &Type) -> Vec<&Type> {
    let Type::Path(path) = kind else {
        return Vec::new();
    };
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.path.segments.last().map(|segment| &segment.arguments)
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
            let name = path
                .path
                .segments
                .last()
                .map(|segment| segment.ident.to_string())
                .unwrap_or_default();
            let arguments: Vec<String> = arguments(kind).into_iter().map(type_name).collect();
            if arguments.is_empty() {
                name
            } else {
                format!("{name}<{}>", arguments.join(", "))
            }
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
