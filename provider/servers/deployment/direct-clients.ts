import type { Answer, ServerQuestions, SystemClient } from "../system-client";
import type { PING } from "../system-subjects";

/**
 * Clients of several servers. Each server is asked over its own connection, so that its answer does not depend on the routes
 * between the servers.
 */
export class DirectClients implements ServerQuestions {
  constructor(private readonly clients: readonly SystemClient[]) {}

  get count(): number {
    return this.clients.length;
  }

  ask<Data>(endpoint: keyof typeof PING, payload: object = {}): Promise<Answer<Data>[]> {
    return Promise.all(this.clients.map((client) => client.askOwn<Data>(endpoint, payload)));
  }

  publish(subject: string, payload: object): void {
    for (const client of this.clients.filter(({ isClosed }) => !isClosed)) {
      client.publish(subject, payload);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}
