using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;
using WorkflowGateway.Tests.Events;
using WorkflowGateway.Tests.Runners;

namespace WorkflowGateway.Tests.Access;

/// <summary>How much a key, a tenant and an address may ask for.</summary>
public sealed class LimitTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void A_burst_and_then_the_rate_and_no_more()
    {
        var (quota, share) = (new Quota(_clock), QuotaShare.Of(new CallLimits { Rate = 4, Burst = 8 }, replicas: 1));
        for (var left = 7; left >= 0; left--)
        {
            quota.TryTake(share, out var state).Should().BeNull();
            state.Left.Should().Be(left);
        }

        quota.TryTake(share, out var full).Should().Be(TimeSpan.FromMilliseconds(250));
        full.Should().Be(new QuotaState(0, TimeSpan.FromSeconds(2)));
        for (var second = 0; second < 100; second++)
        {
            _clock.Pass(TimeSpan.FromSeconds(1));
            Enumerable.Range(0, 10).Count(_ => quota.TryTake(share, out var _) is null).Should().Be(4);
        }

        _clock.Pass(TimeSpan.FromHours(1));
        Enumerable.Range(0, 20).Count(_ => quota.TryTake(share, out var _) is null).Should().Be(8, "nothing is saved up beyond the burst");
    }

    [Theory]
    [InlineData(0.001, 1_000_000L, "")]
    [InlineData(0.0, 1L, "")]
    [InlineData(1e-9, 1_000_000L, "rate")]
    [InlineData(double.NaN, 1L, "rate")]
    [InlineData(1e7, 0L, "rate burst")]
    public void What_can_be_counted_with_is_taken_and_nothing_else(double rate, long burst, string wrong)
    {
        var limits = new CallLimits { Rate = rate, Burst = burst };
        string.Join(' ', limits.Problems().Select(problem => problem.Member)).Should().Be(wrong);
        if (wrong.Length > 0) return;
        var (quota, share) = (new Quota(TimeProvider.System), QuotaShare.Of(limits, replicas: 1));
        for (var i = 0; i < burst && i < 1000; i++) quota.TryTake(share, out var _).Should().BeNull();
    }

    [Fact]
    public void Limits_are_divided_by_the_replicas_that_live_now()
    {
        var limits = new CallLimits { Rate = 90, Burst = 30, Concurrency = 10, Watchers = 1 };
        QuotaShare.Of(limits, 3).Should().Be(new QuotaShare(30, 10, 4, 1));
        var replicas = 1;
        var limiter = Limiter(new LimitOptions { Key = new CallLimits { Rate = 3, Burst = 30 } }, () => replicas);
        Entered(limiter, 100).Should().Be(30);

        replicas = 3;
        _clock.Pass(TimeSpan.FromMinutes(1));
        Entered(limiter, 100).Should().Be(10);
        _clock.Pass(TimeSpan.FromSeconds(5));
        Entered(limiter, 100).Should().Be(5);
    }

    [Fact]
    public void One_tenant_and_one_key_leave_the_others_alone()
    {
        var limiter = Limiter(new LimitOptions { Key = new CallLimits { Rate = 1, Burst = 10 }, Tenant = new CallLimits { Rate = 1, Burst = 15 }, Tenants = { ["c"] = new CallLimits { Rate = 0 } } });
        Entered(limiter, 100, "a", "1").Should().Be(10);
        Entered(limiter, 100, "a", "2").Should().Be(5, "the tenant has 15");
        Entered(limiter, 100, "b", "1").Should().Be(10);
        Enumerable.Range(0, 10).Sum(key => Entered(limiter, 10, "c", key.ToString(System.Globalization.CultureInfo.InvariantCulture))).Should().Be(100, "the tenant c has no limit");
    }

    [Fact]
    public void What_the_tenant_refuses_costs_the_key_nothing()
    {
        var limiter = Limiter(new LimitOptions { Key = new CallLimits { Rate = 0.1, Burst = 12 }, Tenant = new CallLimits { Rate = 1, Burst = 10 } });
        Entered(limiter, 15).Should().Be(10);
        _clock.Pass(TimeSpan.FromSeconds(10));
        Entered(limiter, 15).Should().Be(3, "it has two left and one more");
    }

    [Fact]
    public void Calls_and_watchers_have_places_of_their_own_and_give_them_back()
    {
        var limiter = Limiter(new LimitOptions { Key = new CallLimits { Concurrency = 2, Watchers = 3 } });
        var watching = Enumerable.Range(0, 3).Select(_ => limiter.Enter(Context(), Of("a", "1"), watches: true)).ToList();
        Refused(() => limiter.Enter(Context(), Of("a", "1"), watches: true)).Message.Should().Contain("streams and waits");
        var calling = Enumerable.Range(0, 2).Select(_ => limiter.Enter(Context(), Of("a", "1"), watches: false)).ToList();
        Refused(() => limiter.Enter(Context(), Of("a", "1"), watches: false)).RetryAfter.Should().Be(TimeSpan.FromSeconds(1));

        calling[0].Dispose();
        watching[0].Dispose();
        limiter.Enter(Context(), Of("a", "1"), watches: false).Dispose();
        limiter.Enter(Context(), Of("a", "1"), watches: true).Dispose();
    }

    [Fact]
    public void Memory_is_bounded_and_whoever_uses_a_limit_is_not_forgotten()
    {
        var limiter = Limiter(new LimitOptions { Key = new CallLimits { Rate = 0.001, Burst = 2 }, Tenant = new CallLimits { Rate = 0 }, Failures = new CallLimits { Rate = 1, Burst = 1 } });
        Entered(limiter, 5, "a", "greedy").Should().Be(2);
        for (var i = 0; i < 50_000; i++)
        {
            Entered(limiter, 1, "a", $"subject-{i}");
            Fails(limiter, new IPAddress(i));
            if (i % 100 == 0) _clock.Pass(TimeSpan.FromSeconds(2));
        }

        limiter.Remembered.Should().BeLessThanOrEqualTo(40_001);
        Entered(limiter, 5, "a", "greedy").Should().BeLessThan(3, "it gets back one in a thousand seconds");
    }

    [Fact]
    public void Whoever_has_a_network_of_IPv6_is_one_address()
    {
        var limiter = Limiter(new LimitOptions { Failures = new CallLimits { Rate = 0.001, Burst = 3 } });
        Enumerable.Range(0, 10).Count(i => !Fails(limiter, IPAddress.Parse($"2001:db8:0:1::{i}"))).Should().Be(3);
        Fails(limiter, IPAddress.Parse("2001:db8:0:2::1")).Should().BeFalse();
        CallLimiter.NameOf(IPAddress.Parse("::ffff:10.0.0.1")).Should().Be(CallLimiter.NameOf(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public async Task Every_answer_to_a_limited_caller_says_what_is_left_and_a_refusal_when_to_come_again()
    {
        await using var rig = await EventRig.StartAsync("sqlite", null,
            "--Access:Keys:0:Limits:Rate", "0.01", "--Access:Keys:0:Limits:Burst", "3", "--Access:Limits:Tenants:a:Rate", "0.01", "--Access:Limits:Tenants:a:Burst", "100");
        (int, string, string)[] expected = [(200, "/v1/counts", "2"), (404, "/v1/nowhere", "1"), (403, "/v1/connections", "0")];
        foreach (var (status, path, left) in expected)
        {
            using var answer = await rig.SendAsync(path, "a");
            ((int)answer.StatusCode).Should().Be(status);
            Header(answer, "RateLimit-Policy").Should().Be("\"key\";q=3;w=300, \"tenant\";q=100;w=10000");
            Header(answer, "RateLimit").Should().MatchRegex($"^\"key\";r={left};t=\\d+, \"tenant\";r=\\d+;t=\\d+$");
        }

        using var refused = await rig.SendAsync("/v1/counts", "a");
        ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta > TimeSpan.FromSeconds(60)).Should().Be((429, true));
        Header(refused, "RateLimit").Should().StartWith("\"key\";r=0;t=");
        (await refused.Content.ReadAsStringAsync()).Should().Contain("\"code\":\"rate-limited\"").And.Contain("\"retryable\":true");
        using var other = await rig.SendAsync("/v1/counts", "b");
        other.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(other, "RateLimit-Policy").Should().Be("\"key\";q=2000;w=2, \"tenant\";q=4000;w=2");
    }

    [Fact]
    public async Task Watchers_do_not_eat_the_places_of_calls()
    {
        await using var rig = await EventRig.StartAsync("sqlite", null, "--Access:Limits:Key:Watchers", "2", "--Access:Limits:Key:Concurrency", "1");
        var first = await rig.OpenAsync(key: "a");
        using var second = await rig.OpenAsync(key: "a");
        using var third = await rig.SendAsync("/v1/events", "a", 0, ("Accept", "text/event-stream"));
        ((int)third.StatusCode).Should().Be(429);
        using var wait = await rig.SendAsync("/v1/events?after=0", "a", 0, ("Prefer", "wait=1"));
        ((int)wait.StatusCode).Should().Be(429, "a wait is a watcher");
        for (var i = 0; i < 20; i++)
        {
            using var call = await rig.SendAsync("/v1/counts", "a");
            await call.Content.ReadAsStringAsync();
            ((int)call.StatusCode).Should().Be(200);
        }

        first.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var again = await rig.SendAsync("/v1/events", "a", 0, ("Accept", "text/event-stream"));
            if (again.StatusCode == HttpStatusCode.OK) break;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public async Task Who_guesses_is_slowed_and_a_good_key_from_the_same_address_never()
    {
        await using var rig = await EventRig.StartAsync("sqlite", null, "--Access:Limits:Failures:Rate", "0.01", "--Access:Limits:Failures:Burst", "5");
        var statuses = new List<int>();
        for (var i = 0; i < 30; i++)
        {
            using var guess = await rig.SendAsync("/v1/counts", "wfg_a_guess" + i);
            statuses.Add((int)guess.StatusCode);
            if (i >= 5) (guess.Headers.ConnectionClose, guess.Headers.RetryAfter is not null).Should().Be((true, true));
            using var good = await rig.SendAsync("/v1/counts", "a");
            ((int)good.StatusCode).Should().Be(200);
        }

        statuses.Should().Equal(Enumerable.Repeat(401, 5).Concat(Enumerable.Repeat(429, 25)));
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static Caller Of(string tenant, string name) => new(tenant, Role.Viewer, name);

    private static RefusedException Refused(Action action) => action.Should().Throw<RefusedException>().Which;

    private CallLimiter Limiter(LimitOptions limits, Func<int>? replicas = null) => new(Options.Create(new AccessOptions { Limits = limits }), replicas ?? (() => 1), _clock);

    private static int Entered(CallLimiter limiter, int tries, string tenant = "a", string name = "1") => Enumerable.Range(0, tries).Count(_ =>
    {
        try
        {
            limiter.Enter(Context(), Of(tenant, name), watches: false).Dispose();
            return true;
        }
        catch (RefusedException refused) when (refused.Code == "rate-limited")
        {
            return false;
        }
    });

    private static bool Fails(CallLimiter limiter, IPAddress address)
    {
        try
        {
            var context = Context();
            context.Connection.RemoteIpAddress = address;
            limiter.Fail(context);
            return false;
        }
        catch (RefusedException refused) when (refused.Code == "rate-limited")
        {
            return true;
        }
    }

    private static DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        return context;
    }
}
