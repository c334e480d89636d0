// Logged in, without the right to see the product's numbers: one's own are left.
import { html } from "../lib.js";
import { me } from "../me.js";
import { Empty } from "../parts/states.js";
import { UserNumbers } from "./users.js";

export const NoPermission = () => html`
  <div class="card">
    <${Empty} title="You may see only your own numbers" icon="lock">
      <p>Seeing those of the whole product needs permission to see the DAG <code>sms_hourly_monitoring</code>. Ask whoever manages users in Airflow.</p>
    <//>
  </div>
  <${UserNumbers} user=${me.value.name} days="30" own />
`;
