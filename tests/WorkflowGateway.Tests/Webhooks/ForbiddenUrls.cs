namespace WorkflowGateway.Tests.Webhooks;

/// <summary>Where no delivery may ever go, in all the forms that somebody's parser takes for an address.</summary>
internal static class ForbiddenUrls
{
    public static readonly string[] All =
    [
        // This machine.
        "https://127.0.0.1/", "https://127.0.0.1:8443/", "https://127.1/", "https://127.0.1/", "https://127.255.255.254/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
        "https://0x7f.1/", "https://017700000001/", "https://0177.0.0.1/", "https://0177.0.0.01/", "https://00000177.0.0.1/", "https://127.0.0.1./", "https://0/", "https://0.0.0.0/", "https://0.1.2.3/",
        "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/", "https://[::127.0.0.1]/",
        "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://localhost.localdomain/", "https://ip6-localhost/", "https://loopback/",
        "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://１２７.0.0.1/", "https://127%2e0%2e0%2e1/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%00.example.com/", "https://[::1%25lo]/", "https://[::1%lo]/",
        // Its network.
        "https://10.0.0.1/", "https://10.255.255.255/", "https://167772161/", "https://0x0a000001/", "https://012.0.0.1/", "https://10.1/", "https://172.16.0.1/", "https://172.31.255.255/", "https://0xac100001/",
        "https://192.168.0.1/", "https://192.168.255.255/", "https://3232235521/", "https://0xc0a80001/", "https://0300.0250.0.1/", "https://192.168.1/", "https://100.64.0.1/", "https://100.127.255.255/",
        "https://[::ffff:10.0.0.1]/", "https://[::ffff:192.168.0.1]/", "https://[fc00::1]/", "https://[fd00::1]/", "https://[fdff:ffff::1]/", "https://[fec0::1]/", "https://[fe80::1]/", "https://[febf::1]/",
        "https://[fe80::1%25eth0]/", "https://[fe80::1%2]/",
        // Metadata of clouds.
        "https://169.254.169.254/latest/meta-data/", "https://169.254.169.254:8443/", "https://2852039166/", "https://0xa9fea9fe/", "https://0xa9.0xfe.0xa9.0xfe/", "https://0251.0376.0251.0376/",
        "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/", "https://[fd00:ec2::254]/", "https://169.254.170.2/", "https://100.100.100.200/", "https://192.0.0.192/", "https://168.63.129.16.internal/",
        "https://metadata/", "https://metadata.google.internal/", "https://metadata.internal/", "https://instance-data.local/",
        // Addresses that lead to such by somebody's gateway, and those that are nobody's.
        "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[64:ff9b:1::1]/", "https://[2002:7f00:1::1]/", "https://[2002:a9fe:a9fe::]/", "https://[2001::1]/", "https://[2001:0:7f00:1::]/",
        "https://[2001:10::1]/", "https://[2001:20::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[100::1]/", "https://[5f00::1]/", "https://[ff02::1]/", "https://[ff05::2]/",
        "https://192.0.2.1/", "https://198.51.100.1/", "https://203.0.113.1/", "https://198.18.0.1/", "https://198.19.255.255/", "https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.250/",
        "https://240.0.0.1/", "https://255.255.255.255/", "https://4294967295/",
        // Other schemes, ports and tricks.
        "http://93.184.216.34/", "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/", "unix:///var/run/docker.sock", "javascript:alert(1)", "data:text/plain,x",
        "//hooks.example.com/", "/v1/runs", "hooks.example.com", "https:hooks.example.com", "https:///hooks.example.com", "https://", "https://hooks.example.com:22/", "https://hooks.example.com:80/",
        "https://hooks.example.com:6379/", "https://hooks.example.com:9200/", "https://hooks.example.com:65536/", "https://user@hooks.example.com/", "https://user:password@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/", "https://127.0.0.1@hooks.example.com/", "https://hooks.example.com#@127.0.0.1/", "https://hooks.example.com/#fragment", "https://127.0.0.1\\@hooks.example.com/",
        "https://hooks.example.com\\.internal/", "https://hooks.example.com/ x", "https://hooks.example.com/\n", "https://hooks.example.com/\t", " https://hooks.example.com/", "https://intranet/", "https://router/",
        "https://printer.local/", "https://nas.lan/", "https://wiki.corp/", "https://a.home.arpa/", "https://x.onion/", "https://a..example.com/", "https://example.1/", "https://example.0x7f/", "https://*.example.com/",
    ];
}
