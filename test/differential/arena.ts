import type { AccountDeclaration } from "../../provider/model/account/account";
import { FREE_USER } from "../support/arbitraries";
import { logIn } from "../support/decisions";
import { passBarriers, type Way } from "../support/ends";
import type { Cluster } from "../support/pair";
import { modeOf, SIDES, type Side } from "../support/sides";
import type { Wire } from "../support/wire";
import type { World } from "../support/world";
import { roomy } from "./subjects";

/** A model and the servers that run it. */
export class Arena {
  #turn = 0;
  #couriers: ReadonlyMap<string, readonly Wire[]> | undefined;

  /**
   * @param accounts the model
   * @param cluster at least one server of each mode
   * @param linked whether routes join the servers
   */
  constructor(
    readonly accounts: readonly AccountDeclaration[],
    readonly world: World,
    readonly cluster: Cluster,
    readonly linked: boolean,
  ) {}

  /**
   * Asks one server of each mode, another one every time. Linked servers are asked one after the other, because they share
   * queue groups and count connections together.
   *
   * @returns the answers by the name of the server
   */
  async onEachMode<T>(modes: readonly Side[], ask: (server: string) => Promise<T>): Promise<Record<string, T>> {
    const next = this.#next();
    const servers = modes.map((mode) => next[mode]);
    const one = async (server: string) => [server, await ask(server)] as const;
    if (!this.linked) {
      return Object.fromEntries(await Promise.all(servers.map(one)));
    }
    const answers: (readonly [server: string, answer: T])[] = [];
    for (const server of servers) {
      answers.push(await one(server));
    }
    return Object.fromEntries(answers);
  }

  /** The ways of messages: within each of two separate servers, or across routes between and within the modes. */
  ways(): readonly Way[] {
    if (!this.linked) {
      return SIDES.map((side) => [side, side]);
    }
    const [one, two, three] = [this.#next(), this.#next(), this.#next()];
    const ways: Way[] = [
      [one.static, one.operator],
      [one.operator, two.static],
      [two.static, three.static],
      [two.operator, three.operator],
    ];
    return ways.filter(([from, to]) => from !== to);
  }

  /** Closes the connections that were opened to settle subscriptions. */
  async close(): Promise<void> {
    await Promise.all([...(this.#couriers?.values() ?? [])].flat().map((wire) => wire.close()));
  }

  /** The next server of each mode. */
  #next(): Readonly<Record<Side, string>> {
    const turn = this.#turn;
    this.#turn += 1;
    const next = (mode: Side) => {
      const servers = Object.keys(this.cluster.listeners).filter((name) => modeOf(name) === mode);
      return servers[turn % servers.length] ?? mode;
    };
    return { static: next("static"), operator: next("operator") };
  }

  /** Waits until all servers have processed what one has sent to them about subscriptions of every account. */
  async settle(server: string): Promise<void> {
    if (!this.linked) {
      return;
    }
    const couriers = (this.#couriers ??= await this.#openCouriers());
    const from = couriers.get(server) ?? [];
    for (const [name, to] of couriers) {
      if (name !== server) {
        await passBarriers(from.flatMap((here, index) => (to[index] === undefined ? [] : { here, there: to[index] })));
      }
    }
  }

  async #openCouriers(): Promise<ReadonlyMap<string, readonly Wire[]>> {
    const users = this.accounts.filter(roomy).map(({ name }) => `${name}/${FREE_USER}`);
    const servers = Object.keys(this.cluster.listeners).map(async (server) => {
      const wires = users.map((user) => logIn(this.cluster, server, this.world, user));
      return [server, await Promise.all(wires)] as const;
    });
    return new Map(await Promise.all(servers));
  }
}
