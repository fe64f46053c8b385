import { describeSixServers } from "../stack/suites/shapes";

describeSixServers("kubernetes");
