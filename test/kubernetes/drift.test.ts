import { describeDrift } from "../stack/suites/drift";

describeDrift("kubernetes");
