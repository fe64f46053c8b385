import { describeSecrets } from "../stack/suites/secrets";

describeSecrets("kubernetes");
