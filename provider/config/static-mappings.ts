import type { MappedSubject, Mappings } from "../model/subjects/mappings";
import { sortedEntries } from "../model/form/order";
import { block, inline, list, quotedKey, settings, type Lines } from "./syntax";

/** The mappings of an account. A weight must be said here. */
export function mappingLines(mappings: Mappings | undefined): Lines {
  return block(
    "mappings",
    sortedEntries(mappings ?? {}).flatMap(([source, destinations]) =>
      list(quotedKey(source), destinations.map(destinationLine)),
    ),
  );
}

function destinationLine({ subject, weight = 100, cluster }: MappedSubject): string {
  return inline(settings({ dest: subject, weight, cluster }));
}
