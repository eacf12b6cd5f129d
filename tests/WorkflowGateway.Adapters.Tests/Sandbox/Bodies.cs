using WorkflowGateway.Sandbox;

namespace WorkflowGateway.Adapters.Tests.Sandbox;

/// <summary>Requests as the vendors document them.</summary>
internal static class Bodies
{
    public static string JuoStart(string flowType) =>
        """{"flowType":"FLOW","context":{"subscriptionId":"sub_1"}}""".Replace("FLOW", flowType, StringComparison.Ordinal);

    public static string InteractlyStart(string workflowId = Scenarios.Interactly.PatientIntake, string runId = "run_1") => """
        {"dynamic_variables":{"name":"Ada"},"miscellaneous":{"own":1,"workflowGateway":{"runId":"RUN","attemptId":"att_1"}},"command":"start","workflow_id":"WORKFLOW","thread_to_node_inputs":{"0":{"node_run_inputs":[]}}}
        """.Replace("RUN", runId, StringComparison.Ordinal).Replace("WORKFLOW", workflowId, StringComparison.Ordinal);

    public static string InteractlyCommand(string command, string vendorRunId) => """
        {"dynamic_variables":{"answer":"1815"},"miscellaneous":{"workflowGateway":{"runId":"run_1","attemptId":"att_2"}},"command":"COMMAND","workflow_run_id":"RUN","thread_to_node_inputs":{"0":{"node_run_inputs":[]}}}
        """.Replace("COMMAND", command, StringComparison.Ordinal).Replace("RUN", vendorRunId, StringComparison.Ordinal);

    public static string FortanixStart(string graphId = Scenarios.Fortanix.TrainModel) => """
        {"graph_id":"GRAPH","graph_version":"1","deployment":{"aci_single_job":{"cluster_id":"2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22"}},"runtime_configs":{"trainer":{"deployment":{"aci":{"exposed_ports":[{"port":8080,"protocol":"Tcp"}],"env_vars":{"EPOCHS":"3"}}}}}}
        """.Replace("GRAPH", graphId, StringComparison.Ordinal);
}
