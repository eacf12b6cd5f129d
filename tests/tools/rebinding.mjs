// The inside of rebinding.sh: DNS whose answers change, a listener at every address, and a gateway that is asked to deliver there. Prints what it counted.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [dll, tries, work] = process.argv.slice(2);
const good = '93.184.216.34';
// What a name is answered with, by its first label: for IPv4 (1) and IPv6 (28), turn by turn.
const names = {
    flip: { 1: [[good], ['127.0.0.1']] },
    flop: { 1: [['127.0.0.1'], [good]] },
    meta: { 1: [[good], ['169.254.169.254']] },
    ten: { 1: [[good], ['10.1.2.3']] },
    home: { 1: [[good], ['192.168.1.1']] },
    both: { 1: [[good, '127.0.0.1']] },
    carrier: { 1: [['100.64.1.1'], [good]] },
    zero: { 1: [['0.0.0.0']] },
    six: { 1: [[good]], 28: [['::1']] },
    turns: { 1: [[good]], 28: [[], ['::1']] },
    mapped: { 1: [], 28: [['::ffff:127.0.0.1']] },
    unique: { 28: [['fd00::1']] },
    nat: { 28: [['64:ff9b::7f00:1']] },
};
const turns = {};

const bytesOf = (type, text) => {
    if (type === 1) return Buffer.from(text.split('.').map(Number));
    const v4 = text.match(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/);
    if (v4) text = text.slice(0, v4.index) + ((v4[1] << 8) | v4[2]).toString(16) + ':' + ((v4[3] << 8) | v4[4]).toString(16);
    const [head, tail] = text.split('::').map(part => (part ? part.split(':') : []));
    const all = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
    return Buffer.concat(all.map(part => Buffer.from([parseInt(part, 16) >> 8, parseInt(part, 16) & 255])));
};
const dns = dgram.createSocket('udp4').on('message', (query, from) => {
    let end = 12;
    while (query[end]) end += query[end] + 1;
    const type = query.readUInt16BE(end + 1);
    const label = query.subarray(13, 13 + query[12]).toString().toLowerCase();
    const choices = names[label]?.[type] ?? [];
    const turn = (turns[label + type] = (turns[label + type] ?? -1) + 1);
    const answers = choices.length ? choices[turn % choices.length] : [];
    const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0]);
    const records = answers.map(text => {
        const data = bytesOf(type, text);
        return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
    });
    dns.send(Buffer.concat([head, query.subarray(12, end + 5), ...records]), from.port, from.address);
});
await new Promise(ready => dns.bind(53, '127.0.0.1', ready));

const count = { tries: 0, public: 0, canary: 0, at: {}, errors: {} };
for (const port of [80, 443, 8443]) {
    const server = net.createServer(socket => {
        const at = socket.localAddress.replace('::ffff:', '');
        if (at === good) count.public++;
        else count.canary++;
        count.at[at] = (count.at[at] ?? 0) + 1;
        socket.on('error', () => {});
        socket.destroy();
    });
    await new Promise(ready => server.listen(port, '::', ready));
}

writeFileSync(`${work}/gateway.json`, '{ "connections": {}, "workflows": {} }');
const gateway = spawn('dotnet', [dll, '--environment', 'Production', '--Access:Mode=none', '--urls', 'http://127.0.0.1:18080', `--Storage:Path=${work}/gateway.db`,
    `--Gateway:ConfigPath=${work}/gateway.json`, `--Security:MasterKey=${randomBytes(32).toString('base64')}`, '--Logging:LogLevel:Default=Error'], { stdio: ['ignore', 'pipe', 'pipe'], cwd: work });
let output = '';
gateway.stdout.on('data', data => (output += data));
gateway.stderr.on('data', data => (output += data));
const post = async (path, body) => {
    const answer = await fetch('http://127.0.0.1:18080/v1/webhooks' + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(json));
    return json;
};
try {
    for (let i = 0; !output.includes('Now listening on'); i++) {
        if (i > 600 || gateway.exitCode !== null) throw new Error('the gateway does not listen: ' + output);
        await sleep(100);
    }
    const webhooks = [];
    for (const label of Object.keys(names))
        for (const port of ['', ':8443']) webhooks.push(await post('', { url: `https://${label}.rebind.example.com${port}/hook`, enabled: false }));
    for (; count.tries < Number(tries); count.tries++) {
        const said = await post(`/${webhooks[count.tries % webhooks.length].id}/test`, {});
        count.errors[said.error] = (count.errors[said.error] ?? 0) + 1;
    }
    console.log(JSON.stringify(count));
} finally {
    gateway.kill('SIGKILL');
}
process.exit(0);
