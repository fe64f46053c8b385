import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import { provider as accountClaims } from "../../provider/dynamic/account-claims";
import { provider as activation } from "../../provider/dynamic/activation";
import type { LifeCycle } from "../../provider/dynamic/life-cycle/life-cycle";
import { provider as nkey } from "../../provider/dynamic/nkey";
import { provider as operatorClaims } from "../../provider/dynamic/operator-claims";
import { provider as user } from "../../provider/dynamic/user";
import { provider as userSetKeys } from "../../provider/dynamic/user-set-keys";
import { unfolded } from "./life-cycle";
import "./without-stack-traces.cjs";

/** A resource that a program registered, with inputs in the form that its handler uses. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URN of its parent. */
  readonly parent: string;
  /** URN and id of its provider; empty for the default one. */
  readonly provider: string;
  /** The names that it had before. */
  readonly aliases: readonly string[];
  /** URNs of the resources that its inputs depend on. */
  readonly dependencies: readonly string[];
}

/** The key with which the engine marks special values. Among inputs, only secrets have it. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Dynamic providers that are not mocked, so that a program gets real keys and tokens. */
const REAL: Readonly<Record<string, LifeCycle<object, object>>> = {
  "pulumi-nodejs:dynamic/nats-auth:Nkey": nkey as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:User": user as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:UserSetKeys": userSetKeys as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:Activation": activation as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:AccountClaims": accountClaims as unknown as LifeCycle<object, object>,
  "pulumi-nodejs:dynamic/nats-auth:OperatorClaims": operatorClaims as unknown as LifeCycle<object, object>,
};

/** The part of an engine request that the mocks read. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getAliasesList(): readonly { getSpec(): { getName(): string } | undefined }[];
  getAdditionalsecretoutputsList(): string[];
}

/** Requests by type and name. Mocks do not receive the parent of a resource and its secret outputs. */
const requests = new Map<string, Request>();

const { prototype } = MockMonitor;
const register = Reflect.get(prototype, "registerResource");
prototype.registerResource = function (this: MockMonitor, request: Request, callback) {
  requests.set(`${request.getType()} ${request.getName()}`, request);
  return register.call(this, request, callback);
};

/** Resources registered since the last call of {@link mockEngine}. */
export const registered: Registered[] = [];

/** Replaces the engine with a mock that keeps no state, for an update or a preview. Call it before each test. */
export async function mockEngine({ isPreview = false } = {}): Promise<void> {
  // Registrations of the previous test, which may have failed, must not count for the next one.
  await pulumi.runtime.disconnect().catch(() => undefined);
  registered.length = 0;
  await pulumi.runtime.setMocks(
    { newResource, call: ({ inputs }) => inputs as Record<string, unknown> },
    "test",
    "test",
    isPreview,
  );
}

async function newResource(args: MockResourceArgs): Promise<{ id: string; state: object }> {
  const { type, name } = args;
  const inputs = plain(args.inputs) as Record<string, unknown>;
  const request = requests.get(`${type} ${name}`);
  registered.push({
    type,
    name,
    inputs: unfolded(inputs),
    parent: request?.getParent() ?? "",
    provider: request?.getProvider() ?? "",
    // Those of the package of a resource change its type only.
    aliases: (request?.getAliasesList() ?? []).map((alias) => alias.getSpec()?.getName() ?? "").filter(Boolean),
    dependencies: request?.getDependenciesList() ?? [],
  });
  const { id, state } = await made(type, name, inputs);
  const secrets = request?.getAdditionalsecretoutputsList() ?? [];
  const hidden = Object.entries(state).map(([key, value]): [string, unknown] => [
    key,
    secrets.includes(key) ? pulumi.secret(value) : value,
  ]);
  return { id, state: Object.fromEntries(hidden) };
}

async function made(type: string, name: string, inputs: object): Promise<{ id: string; state: object }> {
  const real = REAL[type];
  if (real === undefined) {
    const outputs = {
      imageId: "sha256:image",
      path: "/cluster",
      place: "/place",
    };
    return { id: `${name}-id`, state: { ...inputs, ...outputs, ...objectOutputs(name, inputs) } };
  }
  const { inputs: checked, failures } = (await real.check?.({}, inputs)) ?? { inputs };
  if (failures !== undefined && failures.length > 0) {
    throw new Error(failures.map(({ reason }) => reason).join("\n"));
  }
  const { id, outs } = await real.create(checked ?? inputs);
  return { id, state: { ...inputs, ...outs } };
}

/** Returns the outputs of an object of Kubernetes; none for other resources. */
function objectOutputs(name: string, inputs: object): object {
  return "metadata" in inputs ? { metadata: { ...(inputs.metadata as object), uid: `${name}-uid` } } : {};
}

/** Returns inputs as a provider receives them, with the plain values of secrets. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return SIGNATURE in value && "value" in value
    ? plain(value.value)
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** Returns the registered resources whose type ends with this name. */
export function ofType(end: string): Registered[] {
  return registered.filter(({ type }) => type.endsWith(`:${end}`));
}

/** Returns the value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    output.apply(resolve);
    // A failed output rejects only its inner promise.
    (output as unknown as { promise(): Promise<T> }).promise().catch(reject);
  });
}
