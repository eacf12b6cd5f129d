// Prints an OpenAPI document with nothing left in it but what requests are made of: answers are read leniently, so no type of theirs is wanted.
import { readFileSync } from "node:fs";

const api = JSON.parse(readFileSync(process.argv[2], "utf8"));
const schemas = api.components.schemas;
const kept = new Set();

function keep(node) {
  if (node === null || typeof node !== "object") return;
  const name = typeof node.$ref === "string" ? node.$ref.replace("#/components/schemas/", "") : null;
  if (name !== null && !kept.has(name)) {
    if (!(name in schemas)) throw new Error(`${process.argv[2]}: no schema ${name}`);
    kept.add(name);
    keep(schemas[name]);
  }
  Object.values(node).forEach(keep);
}

for (const operations of Object.values(api.paths))
  for (const operation of Object.values(operations)) keep(operation.requestBody);

const { openapi, info } = api;
const only = Object.fromEntries(Object.entries(schemas).filter(([name]) => kept.has(name)));
console.log(JSON.stringify({ openapi, info, paths: {}, components: { schemas: only } }));
