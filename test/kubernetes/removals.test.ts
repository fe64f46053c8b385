import { describeRemovals } from "../stack/suites/removals";

describeRemovals("kubernetes");
