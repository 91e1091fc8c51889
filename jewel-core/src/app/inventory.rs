//! The manifest of an application: every annotation and every type, as data.

use super::App;
use crate::entity;
use crate::generate;
use crate::http::{Named, Reads};
use crate::manifest::{
    self, Describe, FORMAT, Limit, LimitEntry, Manifest, Operation, Repeat, SloEntry,
};

use super::Settings;

/// Builds the manifest; what the types need of the application's state is left in `describe`.
pub(super) fn manifest(
    app: &App,
    settings: &Settings,
    describe: &mut Describe,
) -> Result<Manifest, Vec<String>> {
    let mut modules = Vec::new();
    let mut operations = Vec::new();
    let (mut jobs, mut entities) = (Vec::new(), Vec::new());
    for module in &app.modules {
        modules.push(manifest::Module {
            name: module.name.to_owned(),
            description: module.description.to_owned(),
        });
        for route in &module.endpoints {
            let named = Named::of(module.name, *route);
            operations.push(operation(module.name, &named, settings, describe));
        }
        jobs.extend(module.jobs.iter().map(|job| job.manifest(module.name, describe)));
        entities.extend(module.entities.iter().map(|definition| {
            let mut described = (definition.describe)();
            module.name.clone_into(&mut described.entity.tag);
            described
        }));
    }
    let entities = entity::resolve(entities)?;
    let schemas = describe.schemas().map_err(|names| {
        let clash = |name: String| format!("two types are called `{name}` in the documents");
        names.into_iter().map(clash).collect::<Vec<_>>()
    })?;
    Ok(Manifest {
        format: FORMAT,
        name: app.name.to_owned(),
        title: app.title.to_owned(),
        version: app.version.to_owned(),
        description: app.description.to_owned(),
        license: app.license.map(ToOwned::to_owned),
        contact: None,
        modules,
        operations,
        jobs,
        entities,
        schemas,
    })
}

fn operation(tag: &str, named: &Named, settings: &Settings, describe: &mut Describe) -> Operation {
    let entry = named.route.entry;
    let declared = &entry.declared;
    (entry.describe)(describe);
    let millis = |span: std::time::Duration| span.as_millis().try_into().unwrap_or(u64::MAX);
    let deadline = declared.deadline.unwrap_or(settings.http.deadline.get());
    let body_limit = declared.body_limit.unwrap_or(settings.http.body_limit.get());
    let mut operation = Operation {
        id: named.operation.clone(),
        name: declared.name.to_owned(),
        module: declared.module.to_owned(),
        tag: tag.to_owned(),
        source: format!("{}:{}", declared.source.file, declared.source.line),
        method: declared.verb.as_str().to_owned(),
        path: declared.path.to_owned(),
        summary: declared.summary.to_owned(),
        description: declared.description.to_owned(),
        access: declared.access.as_str().to_owned(),
        limits: limits(declared.limits, settings),
        idempotent: declared.repeat == Repeat::Once,
        transaction: entry.opens,
        slo: declared
            .slo
            .map(|slo| SloEntry { p95_ms: slo.p95.map(millis), available: slo.available }),
        deadline_ms: millis(deadline),
        body_limit: if entry.reads == Reads::Nothing { 0 } else { body_limit },
        parameters: std::mem::take(&mut describe.parameters),
        body: std::mem::take(&mut describe.body),
        answers: std::mem::take(&mut describe.answers),
        problems: std::mem::take(&mut describe.problems),
    };
    operation.problems = generate::all_problems(&operation);
    operation
}

/// The operation's own limits, and those that every operation has.
fn limits(own: &[Limit], settings: &Settings) -> Vec<LimitEntry> {
    let own = own.iter().map(|limit| LimitEntry {
        count: limit.count,
        window_s: limit.window.as_secs(),
        per: limit.per.as_str().to_owned(),
    });
    let shared = super::shared_limits(&settings.http);
    let shared = shared.iter().map(|limit| LimitEntry {
        count: limit.count,
        window_s: limit.window.as_secs(),
        per: limit.per.as_str().to_owned(),
    });
    own.chain(shared).collect()
}
