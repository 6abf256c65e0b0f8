// The file each worker of the page begins with: it names the modules whose portables may run there.

import { serve } from "@gr/threads/worker";
import * as tasks from "./programs/count.ts";

serve(tasks);
