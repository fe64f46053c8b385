import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { Agent, get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { NatsConnection } from "@nats-io/transport-node";
import type { MqttClient } from "mqtt";
import type { IncomingMessage } from "node:http";
import { waitFor } from "../../provider/servers/log";

const PAUSE = 10;
/** Milliseconds in which the last messages arrive. */
const ARRIVAL = 5_000;
const OK = 200;

/** Opens a connection with TLS. @param isGreeted whether the server sends its INFO before the handshake */
export async function secure(port: number, isGreeted: boolean, options: ConnectionOptions): Promise<TLSSocket> {
  const plain: Socket = connectPlain(port, "127.0.0.1");
  await once(plain, isGreeted ? "data" : "connect");
  plain.removeAllListeners("data");
  const socket = connectTls({ socket: plain, host: "127.0.0.1", ...options });
  try {
    await once(socket, "secureConnect");
    return socket;
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** Numbered messages of an MQTT client, each of which the server acknowledges. */
export class SensorLoad {
  readonly #failures: string[] = [];
  readonly #arrived: number[] = [];
  #published = 0;
  #isStopped = false;
  #work: Promise<void> | undefined;

  private constructor(private readonly sensor: MqttClient) {
    sensor.once("close", () => {
      if (!this.#isStopped) {
        this.#failures.push("the MQTT client was disconnected");
      }
    });
  }

  /** Starts when a message has arrived. */
  static async start(sensor: MqttClient, to: NatsConnection): Promise<SensorLoad> {
    const load = new SensorLoad(sensor);
    let isLinked = false;
    to.subscribe("sensor.*", {
      callback: (_error, message) => {
        isLinked = true;
        if (message.subject === "sensor.number") {
          load.#arrived.push(Number(message.string()));
        }
      },
    });
    await waitFor(async () => {
      await sensor.publishAsync("sensor/begin", "", { qos: 1 });
      return isLinked ? true : undefined;
    }, ARRIVAL);
    load.#work = load.#publish();
    return load;
  }

  /** Stops, and closes the client. @returns what went wrong */
  async stop(): Promise<readonly string[]> {
    this.#isStopped = true;
    await this.#work;
    await waitFor(() => Promise.resolve(this.#arrived.length >= this.#published ? true : undefined), ARRIVAL);
    await this.sensor.endAsync(true);
    const expected = Array.from({ length: this.#published }, (_, index) => index + 1);
    const isComplete = expected.length > 0 && this.#arrived.join() === expected.join();
    const lost = `${this.#published} messages of the MQTT client were published, ${this.#arrived.length} have arrived`;
    return [...this.#failures, ...(isComplete ? [] : [lost])];
  }

  async #publish(): Promise<void> {
    while (!this.#isStopped) {
      await this.sensor.publishAsync("sensor/number", String((this.#published += 1)), { qos: 1 });
      await sleep(PAUSE);
    }
  }
}

/** Requests for the health of a server over one connection with TLS. */
export class MonitoringLoad {
  readonly #agent: Agent;
  readonly #failures: string[] = [];
  readonly #sockets = new Set<object>();
  #isStopped = false;
  readonly #work: Promise<void>;

  constructor(
    private readonly port: number,
    ca: string,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
    this.#work = this.#ask();
  }

  /** Stops. @returns what went wrong */
  async stop(): Promise<readonly string[]> {
    this.#isStopped = true;
    await this.#work;
    this.#agent.destroy();
    const { size } = this.#sockets;
    return [...this.#failures, ...(size === 1 ? [] : [`monitoring needed ${size} connections`])];
  }

  async #ask(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const request = get(`https://127.0.0.1:${this.port}/healthz?js-server-only=true`, { agent: this.#agent });
        const [response] = (await once(request, "response")) as [IncomingMessage];
        this.#sockets.add(response.socket);
        response.resume();
        await once(response, "end");
        if (response.statusCode !== OK) {
          this.#failures.push(`monitoring answers ${response.statusCode ?? 0}`);
        }
      } catch (error) {
        this.#failures.push(`monitoring: ${String(error)}`);
      }
      await sleep(PAUSE);
    }
  }
}
