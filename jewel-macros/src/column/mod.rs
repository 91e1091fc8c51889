//! `#[derive(Column)]`: an enum whose variants are words in the database, and nothing else is.

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::sink::Sink;

/// What a deriving enum gets: its mistakes, its words, and `Column`.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let mut sink = Sink::default();
    let Ok(item) = syn::parse2::<DeriveInput>(item) else {
        // The compiler has refused it before.
        return sink.report();
    };
    let beside = expand(&item, &mut sink);
    let errors = sink.report();
    quote!(#errors #beside)
}

fn expand(item: &DeriveInput, sink: &mut Sink) -> Option<TokenStream> {
    let name = &item.ident;
    let Data::Enum(data) = &item.data else {
        sink.at(name.span(), "`#[derive(Column)]` is for enums: each variant is a word");
        return None;
    };
    let before = sink.count();
    for variant in data.variants.iter().filter(|variant| !matches!(variant.fields, Fields::Unit)) {
        sink.on(&variant.fields, "a word has no fields: leave them out");
    }
    if data.variants.is_empty() {
        sink.at(name.span(), "a column with no words could hold nothing");
    }
    if sink.count() > before {
        return None;
    }
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let words: Vec<String> = variants.iter().map(|name| snake(&name.to_string())).collect();
    let vis = &item.vis;
    let sqlx = quote!(::jewel_core::macros::sqlx);
    let unknown = format!("`{{}}` is no word of `{name}`");
    Some(quote! {
        #[allow(dead_code)]
        impl #name {
            /// The word in the database.
            #vis const fn as_str(&self) -> &'static str {
                match self {
                    #(Self::#variants => #words,)*
                }
            }
        }
        impl ::jewel_core::macros::entity::Column for #name {
            const SQL: &'static str = "text";
            const WORDS: &'static [&'static str] = &[#(#words),*];
        }
        impl #sqlx::Type<#sqlx::Postgres> for #name {
            fn type_info() -> #sqlx::postgres::PgTypeInfo {
                <&str as #sqlx::Type<#sqlx::Postgres>>::type_info()
            }
            fn compatible(__ty: &#sqlx::postgres::PgTypeInfo) -> bool {
                <&str as #sqlx::Type<#sqlx::Postgres>>::compatible(__ty)
            }
        }
        impl #sqlx::postgres::PgHasArrayType for #name {
            fn array_type_info() -> #sqlx::postgres::PgTypeInfo {
                <&str as #sqlx::postgres::PgHasArrayType>::array_type_info()
            }
        }
        impl #sqlx::Encode<'_, #sqlx::Postgres> for #name {
            fn encode_by_ref(
                &self,
                __buffer: &mut #sqlx::postgres::PgArgumentBuffer,
            ) -> ::core::result::Result<#sqlx::encode::IsNull, #sqlx::error::BoxDynError> {
                <&str as #sqlx::Encode<'_, #sqlx::Postgres>>::encode(self.as_str(), __buffer)
            }
        }
        impl<'r> #sqlx::Decode<'r, #sqlx::Postgres> for #name {
            fn decode(
                __value: #sqlx::postgres::PgValueRef<'r>,
            ) -> ::core::result::Result<Self, #sqlx::error::BoxDynError> {
                match <&str as #sqlx::Decode<'r, #sqlx::Postgres>>::decode(__value)? {
                    #(#words => ::core::result::Result::Ok(Self::#variants),)*
                    __other => {
                        ::core::result::Result::Err(::std::format!(#unknown, __other).into())
                    }
                }
            }
        }
    })
}

/// `NoPieceFound` → `no_piece_found`, as on the wire.
fn snake(name: &str) -> String {
    let mut word = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}
