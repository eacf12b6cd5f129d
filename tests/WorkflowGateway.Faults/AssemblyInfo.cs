// The rig needs the machine for itself: a kill must land where it was aimed.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
