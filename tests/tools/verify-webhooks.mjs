// Verifies signed deliveries with the libraries that receivers use. Takes a file of JSON lines {secret, headers, body, genuine}; prints for each library how
// many genuine ones it accepted and refused, and how many tampered ones.
import { readFileSync } from 'node:fs';
import { Webhook as Standard } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';

const said = {};
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
    const { secret, headers, body, genuine } = JSON.parse(line);
    for (const [name, Webhook] of Object.entries({ standardwebhooks: Standard, svix: Svix })) {
        let word = 'accepted';
        try {
            new Webhook(secret).verify(body, headers);
        } catch (error) {
            // Anything else than their own refusal is a fault of this script.
            if (error.name !== 'WebhookVerificationError' && !/WebhookVerificationError/.test(error.constructor.name)) throw error;
            word = 'refused';
        }
        const counts = (said[name] ??= { genuine: { accepted: 0, refused: 0 }, tampered: { accepted: 0, refused: 0 } });
        counts[genuine ? 'genuine' : 'tampered'][word]++;
    }
}
console.log(JSON.stringify(said));
