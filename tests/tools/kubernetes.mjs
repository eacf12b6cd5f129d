// Judges Kubernetes manifests by the schemas that Kubernetes publishes (npm kubernetes-models), and by what kubectl refuses beside: a name that no schema knows.
// Prints a line for each mistake, and ends with 1 if there is one. Usage: kubernetes.mjs FILE
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

// Who validates asks for every name that a schema has; what was never asked for is in none.
function watched(node, path, unasked) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) return node.map((one, i) => watched(one, `${path}/${i}`, unasked));
  const inner = Object.fromEntries(Object.entries(node).map(([name, one]) => [name, watched(one, `${path}/${name}`, unasked)]));
  const names = Object.keys(node);
  names.forEach((name) => unasked.add(`${path}/${name}`));
  return new Proxy(inner, {
    get(target, name) {
      unasked.delete(`${path}/${String(name)}`);
      return target[name];
    },
  });
}

let mistakes = 0;
const say = (line) => (console.log(line), mistakes++);
const documents = parseAllDocuments(readFileSync(process.argv[2], "utf8"));
for (const document of documents) {
  document.errors.forEach((error) => say(error.message));
  const { apiVersion, kind } = document.toJS() ?? {};
  const models = await import(`kubernetes-models/${apiVersion}`).catch(() => ({}));
  if (!models[kind]) {
    say(`there is no ${kind} in ${apiVersion}`);
    continue;
  }
  const schema = (await import(`kubernetes-models/_schemas/${schemaOf(apiVersion, kind)}`)).validate;
  const unasked = new Set();
  if (!schema(watched(document.toJS(), "", unasked))) schema.errors.forEach((error) => say(`${kind} ${error.instancePath}: ${error.message ?? error.keyword} ${JSON.stringify(error.params)}`));
  unasked.forEach((path) => say(`${kind} ${path}: no schema has this name`));
}
if (mistakes === 0) console.log(`${documents.length} documents`);
process.exitCode = mistakes === 0 ? 0 : 1;

// "networking.k8s.io/v1", "NetworkPolicy": IoK8sApiNetworkingV1NetworkPolicy
function schemaOf(apiVersion, kind) {
  const parts = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  const [group, version] = parts.map((part) => part.split(".")[0]).map((part) => part[0].toUpperCase() + part.slice(1));
  return `IoK8sApi${group}${version}${kind}`;
}
