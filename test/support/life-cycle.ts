import assert from "node:assert/strict";
import type { LifeCycle } from "../../provider/resources/dynamic";

/** How an engine writes a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Calls a provider as an engine does: what JSON would lose is lost, and every method gets what `check` made of the inputs. */
export class Engine<Inputs extends object, State extends object> {
  /** What each state was made from: an engine keeps both. */
  readonly #inputs = new WeakMap<State, Inputs>();

  constructor(private readonly provider: LifeCycle<Inputs, State>) {}

  /** The inputs as `check` makes them, and the failures as text. @param olds the inputs before, where there were some */
  async check(inputs: unknown, olds: Partial<Inputs> = {}): Promise<{ inputs: Inputs; failures: string[] }> {
    const { check } = this.provider;
    if (check === undefined) {
      return { inputs: wire(inputs) as Inputs, failures: [] };
    }
    const result = await check(olds as Inputs, wire(inputs) as Inputs);
    const failures = result.failures ?? [];
    assert.ok(
      failures.every(({ property }) => property === ""),
      "the engine would print the value of a property that a failure names",
    );
    return { inputs: wire(result.inputs) as Inputs, failures: failures.map(({ reason }) => reason) };
  }

  /** Creates a resource; the inputs must be valid. */
  async create(inputs: unknown): Promise<{ id: string; outs: State }> {
    const news = await this.valid(inputs);
    const { id, outs } = await this.provider.create(news);
    return { id, outs: this.outs(outs, news) };
  }

  /** What a change of the inputs would do. */
  async diff(id: string, olds: State, inputs: unknown): Promise<{ changes: boolean; replaces: string[] }> {
    const { inputs: news } = await this.check(inputs, this.#inputs.get(olds));
    const result = await this.provider.diff?.(id, olds, news);
    return { changes: result?.changes ?? false, replaces: result?.replaces ?? [] };
  }

  /** Updates a resource in place. */
  async update(id: string, olds: State, inputs: unknown): Promise<State> {
    const news = await this.valid(inputs, this.#inputs.get(olds));
    const result = await this.provider.update?.(id, olds, news);
    return this.outs(result?.outs, news);
  }

  private async valid(inputs: unknown, olds?: Inputs): Promise<Inputs> {
    const { inputs: checked, failures } = await this.check(inputs, olds);
    assert.deepEqual(failures, []);
    return checked;
  }

  /** A resource's state: it must be just what JSON can say, and never hold the seed that signs. */
  private outs(outs: unknown, inputs: Inputs): State {
    assert.deepEqual(wire(outs), outs, "the state does not survive JSON");
    assert.equal(Object.keys(outs as object).includes("signer"), false);
    const state = wire(outs) as State;
    this.#inputs.set(state, inputs);
    return state;
  }
}

/** A resource as an engine keeps it: with its inputs, which the next `check` is told, and replaced where a change asks for it. */
export class Deployed<Inputs extends object, State extends object> {
  #kept: { readonly inputs: Inputs; readonly id: string; readonly outs: State } | undefined;

  constructor(private readonly provider: LifeCycle<Inputs, State>) {}

  get id(): string {
    return this.#ready().id;
  }

  get inputs(): Inputs {
    return this.#ready().inputs;
  }

  get outs(): State {
    return this.#ready().outs;
  }

  /** What an update would do, and the inputs that it would show. */
  async preview(inputs: unknown): Promise<{ changes: boolean; replaces: string[]; inputs: Inputs }> {
    const checked = await this.#checked(inputs, this.#kept?.inputs);
    if (this.#kept === undefined) {
      return { changes: true, replaces: [], inputs: checked };
    }
    const { changes = false, replaces = [] } =
      (await this.provider.diff?.(this.#kept.id, this.#kept.outs, checked)) ?? {};
    return { changes, replaces, inputs: checked };
  }

  /** Updates, and returns whether anything was done. */
  async up(inputs: unknown): Promise<boolean> {
    const { changes, replaces, inputs: checked } = await this.preview(inputs);
    if (this.#kept === undefined || replaces.length > 0) {
      // An engine forgets the old inputs of what is replaced.
      const news = await this.#checked(inputs);
      const { id, outs } = await this.provider.create(news);
      this.#kept = { inputs: news, id, outs: wire(outs) as State };
      return true;
    }
    const outs = changes ? (await this.provider.update?.(this.id, this.outs, checked))?.outs : this.outs;
    this.#kept = { inputs: checked, id: this.id, outs: wire(outs) as State };
    return changes;
  }

  /** What a refresh finds. */
  async refresh(): Promise<State> {
    const { props } = (await this.provider.read?.(this.id, this.outs)) ?? { props: this.outs };
    this.#kept = { ...this.#ready(), outs: wire(props) as State };
    return this.outs;
  }

  async #checked(inputs: unknown, olds?: Inputs): Promise<Inputs> {
    const { inputs: checked, failures } = await new Engine(this.provider).check(inputs, olds);
    assert.deepEqual(failures, []);
    return checked;
  }

  #ready() {
    assert.ok(this.#kept !== undefined, "it is not deployed yet");
    return this.#kept;
  }
}

function wire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
