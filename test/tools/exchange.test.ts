import assert from "node:assert/strict";
import { ask } from "../../tools/exchange";
import { Clients } from "../support/clients";
import { DOCUMENTATION } from "../support/documentation";
import { withPair } from "../support/pair";
import { loginOf, worldOf } from "../support/world";

describe("the exchange of npm start", function () {
  this.timeout(20_000);

  it("should ask again when a request goes to a responder that has just left", async () => {
    const world = await worldOf(DOCUMENTATION);
    await withPair(world, async (pair) => {
      const clients = new Clients();
      try {
        const responder = await clients.logIn(pair, "static", loginOf(world, "A/test"));
        const requestor = await clients.logIn(pair, "static", loginOf(world, "B/test"));
        let count = 0;
        responder.subscribe("test", {
          callback: (_error, message) => {
            count += 1;
            if (count > 1) message.respond("here");
          },
        });
        await responder.flush();
        assert.equal((await ask(requestor)).string(), "here");
      } finally {
        await clients.close();
      }
    });
  });
});
