// Watches the gateway's events with clients that we did not write (eventsource, cloudevents) and prints what they tell, a line of JSON each.
// Usage: node watch.mjs URL...   each URL is a watcher, told apart by its number; ends with its standard input
import { CloudEvent } from "cloudevents";
import { EventSource } from "eventsource";

const say = line => console.log(JSON.stringify(line));

process.argv.slice(2).forEach((url, watcher) => {
  const source = new EventSource(url);
  source.addEventListener("run.changed", message => {
    try {
      // Strict: throws where it breaks a rule of CloudEvents 1.0.
      const event = new CloudEvent(JSON.parse(message.data), true);
      if (event.id !== message.lastEventId) throw new Error(`the event's id is ${event.id}, the stream's ${message.lastEventId}`);
      say({ watcher, id: event.id, subject: event.subject });
    } catch (error) {
      say({ watcher, invalid: `${error.message}: ${message.data}` });
    }
  });
  source.addEventListener("message", message => say({ watcher, invalid: `an event without a type: ${message.data}` }));
  source.addEventListener("gap", message => say({ watcher, gap: message.data }));
  source.addEventListener("error", error => {
    if (source.readyState === EventSource.CLOSED) say({ watcher, closed: error.code ?? null });
  });
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
