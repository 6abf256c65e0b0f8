import { serve } from "@gr/threads/worker";
import * as tasks from "./tasks.mjs";

serve(tasks);
